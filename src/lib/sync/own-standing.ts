/**
 * How a person or a care unit stands in a circle: by what they have said themselves. On the device where they answered it is
 * kept; on one that was not there it is read from the circle, whose chain or log their other devices have spoken in. A circle in
 * which none of them has said anything stays `invited`: nobody can put theirs before a person, nor make them the owner of one
 * (docs/protocol.md 12).
 */
import { idBytes, type IdentityId } from '$lib/protocol/ids';
import { invitationKeys } from '$lib/protocol/invitation';
import type { CircleKeys, DeviceKeys } from '$lib/storage/keyring';
import type { LocalStore } from '$lib/storage/local-store';
import { bookOfKind, type CircleAccess } from './circle-access';
import { OpenBook } from './open-book';
import { isOwnByWord, personOfInvite } from './whose';

/**
 * How a circle stands on a person's device. `mine`: they began it, or took it over and said so in it, or have answered here that
 * they do, and have no other. `joined`: they began it for somebody else, or have answered an invitation into this very circle.
 */
export async function standingBy(
	store: LocalStore,
	access: CircleAccess,
	identity: IdentityId
): Promise<CircleKeys['standing']> {
	const { chain, keys, member } = access;
	if (!member) return keys.standing;
	const isOwner = member.role === 'owner';
	if (isOwner && isOwnByWord(access, identity)) return 'mine';
	if (chain.records[0]?.body.by.identity === identity) return 'joined';
	const answered = (await store.work.readJoinings()).find(
		({ circle, person, secret, takesOver }) =>
			circle === chain.circle &&
			(!isOwner || takesOver === true) &&
			person === personOfInvite(access, invitationKeys(idBytes(secret)).pub)
	);
	if (!answered) return keys.standing;
	await store.work.updateJoinings((now) => now.filter(({ circle }) => circle !== chain.circle));
	const hasOwn = (await store.readCircles()).some(({ standing }) => standing === 'mine');
	return isOwner && !hasOwn ? 'mine' : 'joined';
}

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
