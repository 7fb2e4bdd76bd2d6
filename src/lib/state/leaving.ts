/** Leaving somebody's circle, and what one had written there that never reached them. */
import { ok, type Result } from '$lib/domain/result';
import { parseBatch, type ObsAdd, type ObsAmend } from '$lib/protocol/entries';
import { openFrame } from '$lib/protocol/frame';
import { epochKey, type CircleAccess } from '$lib/sync/circle-access';
import type { SaveError } from './circle-view';
import type { CircleState } from './circle-state.svelte';
import type { Session } from './session';

/** Says farewell in the circle's log, then takes the circle off this device. What cannot be sent now is sent later. */
export async function leaveCircle(session: Session, circle: CircleState): Promise<Result<void, SaveError>> {
	const { access } = circle;
	if (!access) return ok(undefined);
	const id = access.chain.circle;
	const isOver = circle.isLetGo || circle.erasedAt !== null;
	if (!isOver) {
		const told = await circle.mark('declined', null);
		if (!told.ok) return told;
	}
	const left = isOver
		? await session.store.forgetCircle(id)
		: await session.store.updateCircle(id, (now) => ({ ...(now ?? access.keys), standing: 'declined' }));
	if (!left.ok) return left;
	session.announce({ type: 'changed', circle: id, keys: true, books: [] });
	await session.sync();
	return ok(undefined);
}

/** Readings written here that never left this device, oldest first. */
export async function unsentReadings(session: Session, access: CircleAccess): Promise<(ObsAdd | ObsAmend)[]> {
	const { circle } = access.chain;
	const rows = await session.store.outbox(circle);
	const readings: (ObsAdd | ObsAmend)[] = [];
	for (const book of new Set(rows.map((row) => row.book)))
		for (const { frame } of await session.store.waiting(circle, book)) {
			const key = epochKey(access, book, frame.header.epoch);
			const plaintext = key && openFrame(frame, key);
			for (const entry of (plaintext && parseBatch(plaintext)?.entries) ?? [])
				if (entry.kind === 'obs.add' || entry.kind === 'obs.amend') readings.push(entry);
		}
	return readings.sort((a, b) => a.effective.utc - b.effective.utc);
}
