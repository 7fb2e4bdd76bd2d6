/**
 * How a person or a care unit stands in a circle of others, on a device that was not there when they said yes: by what their
 * other devices have said in the circle. A circle in which none of them has said anything stays `invited`: nobody can put
 * theirs before a person (docs/protocol.md 12).
 */
import type { RandomBytes } from '$lib/crypto/bytes';
import { newId, type BookId, type EntryId, type IdentityId } from '$lib/protocol/ids';
import type { CircleKeys, DeviceKeys } from '$lib/storage/keyring';
import type { LocalStore } from '$lib/storage/local-store';
import { bookOfKind, type CircleAccess } from './circle-access';
import { OpenBook } from './open-book';
import { writeContext } from './write-context';

interface StandingDeps {
	readonly store: LocalStore;
	readonly random: RandomBytes;
	readonly now: () => number;
}

/** Takes the standing over, or leaves a word for the other devices. True when the circle now stands otherwise here. */
export async function standByOwnWords(deps: StandingDeps, access: CircleAccess, device: DeviceKeys): Promise<boolean> {
	const { standing, circle } = access.keys;
	if (standing === 'joined' && !device.unit) await leaveWord(deps, access, device);
	if (standing !== 'invited') return false;
	const said = (await answerOf(deps.store, access, device.identity)) ?? (await hasWritten(deps.store, access, device));
	if (!said) return false;
	const changed = await deps.store.updateCircle(circle, (now) => ({ ...(now ?? access.keys), standing: said }));
	return changed.ok;
}

/** The newest yes or no one of the identity's devices has marked in the circle's log. */
async function answerOf(
	store: LocalStore,
	access: CircleAccess,
	identity: IdentityId
): Promise<Extract<CircleKeys['standing'], 'joined' | 'declined'> | null> {
	const book = bookOfKind(access, 'log');
	if (!book) return null;
	const { stated } = await OpenBook.open(store, access, book, 'log');
	const answers = stated.flatMap(({ entry, author }) =>
		author === identity && entry.kind === 'receipt' && entry.outcome !== 'seen' ? [entry.outcome] : []
	);
	const last = answers.at(-1);
	return last === undefined ? null : last === 'accepted' ? 'joined' : 'declined';
}

/** Whoever has written something in a circle has joined it. */
async function hasWritten(store: LocalStore, access: CircleAccess, device: DeviceKeys): Promise<'joined' | null> {
	const own = access.identities.get(device.identity)?.devices;
	for (const { book } of access.member?.rights ?? [])
		for await (const page of store.framePages(access.chain.circle, book))
			if (page.some(({ frame, verified }) => verified && own?.has(frame.header.device))) return 'joined';
	return null;
}

/** A viewer writes nothing by themselves: a heartbeat in the log tells their other devices that they are in. */
async function leaveWord(deps: StandingDeps, access: CircleAccess, device: DeviceKeys): Promise<void> {
	const { circle } = access.chain;
	const book: BookId | null = bookOfKind(access, 'log');
	const heads = await deps.store.heads(circle);
	if (!book || heads.some((head) => head.seq > 0) || (await hasWritten(deps.store, access, device))) return;
	const id = newId<EntryId>(deps.random);
	await deps.store.append(writeContext(access, device, null), [
		{ book, entries: [{ kind: 'heartbeat', v: 1, id, at: deps.now(), heads: [] }] }
	]);
}
