/**
 * The daily mark of a device that is in touch: others see that it is, and what the relay had shown it by then. A person's
 * device writes one a day in each circle it is in; a care unit, with hundreds of circles, only beside a mark it makes anyway
 * (docs/protocol.md 8, 11).
 */
import type { RandomBytes } from '$lib/crypto/bytes';
import { shortRun } from '$lib/protocol/api/heads';
import type { Heartbeat } from '$lib/protocol/entries';
import { newId, type BookId, type EntryId } from '$lib/protocol/ids';
import { accessOf } from '$lib/protocol/manifest';
import type { LocalStore } from '$lib/storage/local-store';
import type { WriteContext } from '$lib/storage/record';
import { bookOfKind, type CircleAccess } from './circle-access';

export interface HeartbeatDeps {
	readonly store: LocalStore;
	readonly random: RandomBytes;
	readonly now: () => number;
}

/** A little less than a day: whoever opens the app at the same hour each morning is heard each morning. */
const BETWEEN_MS = 20 * 3_600_000;

export interface DueHeartbeat {
	readonly log: BookId;
	readonly entry: Heartbeat;
}

/** The next heartbeat in a circle; null while the last one is recent, or where this member may not write one. */
export async function dueHeartbeat(deps: HeartbeatDeps, access: CircleAccess): Promise<DueHeartbeat | null> {
	const log = bookOfKind(access, 'log');
	if (!log || accessOf(access.member, log) !== 'w') return null;
	const { circle } = access.chain;
	const now = deps.now();
	const { beatAt } = await deps.store.head(circle, log);
	// A clock that was set back must not silence the device until it has caught up.
	if (beatAt !== undefined && now >= beatAt && now - beatAt < BETWEEN_MS) return null;
	const { members } = access.chain.head.body;
	const heads = (await deps.store.heads(circle)).filter(
		({ book, pos }) => pos > 0 && members.every((member) => accessOf(member, book) !== null)
	);
	return {
		log,
		entry: {
			kind: 'heartbeat',
			v: 1,
			id: newId<EntryId>(deps.random),
			at: now,
			heads: heads.map(({ book, pos, run }) => ({ book, pos, run: shortRun(run) }))
		}
	};
}

/** Writes the heartbeat when one is due. One that cannot be kept is no loss: the next hour asks again. */
export async function writeHeartbeat(deps: HeartbeatDeps, access: CircleAccess, context: WriteContext): Promise<void> {
	const due = await dueHeartbeat(deps, access);
	if (!due) return;
	const written = await deps.store.append(context, [{ book: due.log, entries: [due.entry] }]);
	if (written.ok) await deps.store.places.noteHeartbeat(access.chain.circle, due.log, due.entry.at);
}
