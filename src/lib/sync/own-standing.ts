/**
 * How a person or a care unit stands in a circle of others, on a device that was not there when they said yes: by what their
 * other devices have said in the circle. A circle in which none of them has said anything stays `invited`: nobody can put
 * theirs before a person (docs/protocol.md 12).
 */
import type { IdentityId } from '$lib/protocol/ids';
import type { CircleKeys, DeviceKeys } from '$lib/storage/keyring';
import type { LocalStore } from '$lib/storage/local-store';
import { bookOfKind, type CircleAccess } from './circle-access';
import { OpenBook } from './open-book';

/** Takes the standing over. True when the circle now stands otherwise here. */
export async function standByOwnWords(store: LocalStore, access: CircleAccess, device: DeviceKeys): Promise<boolean> {
	const { standing, circle } = access.keys;
	if (standing !== 'invited') return false;
	const said = (await answerOf(store, access, device.identity)) ?? (await hasWritten(store, access, device));
	if (!said) return false;
	const changed = await store.updateCircle(circle, (now) => ({ ...(now ?? access.keys), standing: said }));
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

/** Whoever has written something in a circle has joined it: a person's device writes a heartbeat there each day. */
async function hasWritten(store: LocalStore, access: CircleAccess, device: DeviceKeys): Promise<'joined' | null> {
	const own = access.identities.get(device.identity)?.devices;
	for (const { book } of access.member?.rights ?? [])
		for await (const page of store.framePages(access.chain.circle, book))
			if (page.some(({ frame, verified }) => verified && own?.has(frame.header.device))) return 'joined';
	return null;
}
