/** Being invited: reading the link, answering, and what has become of the answer. Nothing typed is lost when it cannot be sent. */
import { toBase64url } from '$lib/crypto/bytes';
import { err, ok, type Result } from '$lib/domain/result';
import { idBytes } from '$lib/protocol/ids';
import {
	invitationKeys,
	openCard,
	readInvitationLink,
	type InvitationCard,
	type InvitationLinkError
} from '$lib/protocol/invitation';
import type { StandingInvitation } from '$lib/protocol/api/invitations';
import type { StorageError } from '$lib/storage/errors';
import type { Joining } from '$lib/storage/keyring';
import { wireSpace } from '$lib/sync/create';
import { readInvitation } from '$lib/sync/invitation-calls';
import type { RelayError } from '$lib/sync/relay-client';
import type { Session } from './session';

export type InvitationError =
	| InvitationLinkError
	| RelayError
	/** The relay has never had it, or has forgotten it. */
	| { readonly type: 'unknown' }
	/** What the relay gave does not open with this link. */
	| { readonly type: 'altered' }
	/** Made in the demo and opened in the real app, or the other way round. */
	| { readonly type: 'other-space' };

/** Where an invitation stands, seen from this device. */
export type JoinStanding =
	| 'open'
	/** This device has answered, and whoever invited decides. */
	| 'waiting'
	/** The answer lies here and waits for the network. */
	| 'unsent'
	/** Somebody else has answered. */
	| 'used'
	| 'over'
	| 'withdrawn'
	/** This device’s answer got a no. */
	| 'declined'
	| 'joined'
	/** Let in once, and let go since. */
	| 'gone'
	/** It was taken over, and is this person’s own. */
	| 'taken'
	/** The circle is this person’s own, or was begun by them. */
	| 'own';

export interface OpenedInvitation {
	readonly secret: string;
	readonly card: InvitationCard;
	readonly standing: JoinStanding;
}

/** Reads a link, whole or only its fragment, and asks how the invitation stands. */
export async function openInvitation(
	session: Session,
	text: string
): Promise<Result<OpenedInvitation, InvitationError>> {
	const read = readInvitationLink(text, session.relay.origin);
	if (!read.ok) return read;
	const keys = invitationKeys(read.value);
	const stands = await readInvitation(session.relay, keys.id);
	if (!stands.ok) {
		const isUnknown = stands.error.type === 'refused' && stands.error.code === 'not-found';
		return isUnknown ? err({ type: 'unknown' }) : stands;
	}
	const card = openCard(stands.value.ct, keys);
	if (!card) return err({ type: 'altered' });
	if (card.space !== wireSpace(session.space)) return err({ type: 'other-space' });
	const secret = toBase64url(read.value);
	return ok({ secret, card, standing: await standingOf(session, secret, card, stands.value) });
}

/** An answer that was given here to this link and has not come to its end. */
export async function givenAnswer(session: Session, text: string): Promise<Joining | null> {
	const read = readInvitationLink(text, session.relay.origin);
	if (!read.ok) return null;
	const secret = toBase64url(read.value);
	return (await session.store.work.readJoinings()).find((each) => each.secret === secret) ?? null;
}

async function standingOf(
	session: Session,
	secret: string,
	card: InvitationCard,
	{ state, by }: StandingInvitation
): Promise<JoinStanding> {
	const row = await session.store.readCircle(card.circle);
	if (row?.standing === 'mine') return card.role === 'owner' ? 'taken' : 'own';
	const member = row?.standing === 'joined' ? (await session.openCircle(card.circle))?.member : undefined;
	// Somebody in it already can be invited to take it over; whoever made the invitation has nothing to answer.
	if (member && card.role === 'owner' && member.role !== 'owner') {
		if (member.identity === card.by.identity) return 'own';
	} else if (row?.standing === 'joined') return member ? 'joined' : 'gone';
	const isMine = by !== null && by === (await session.device())?.identity;
	const given = (await session.store.work.readJoinings()).find((each) => each.secret === secret);
	switch (state) {
		case 'open':
			return given ? 'unsent' : 'open';
		case 'answered':
			return isMine ? 'waiting' : 'used';
		case 'over':
			return 'over';
		case 'closed':
			// Let in, and on its way here; or not.
			return isMine ? ((await isComing(session, card)) ? 'joined' : 'declined') : by === null ? 'withdrawn' : 'used';
	}
}

async function isComing(session: Session, card: InvitationCard): Promise<boolean> {
	await session.sync();
	const row = await session.store.readCircle(card.circle);
	return (
		(row?.standing === 'joined' || row?.standing === 'mine') &&
		(await session.openCircle(card.circle))?.member !== undefined
	);
}

/**
 * Says yes: an identity is made on this device when it has none, and the answer is kept before it is sent. `waiting` when the
 * relay has it, `unsent` while it lies here.
 */
export async function answerInvitation(
	session: Session,
	{ secret, card }: OpenedInvitation,
	name: string
): Promise<Result<JoinStanding, InvitationError | StorageError>> {
	const device = await session.ensureIdentity();
	if (!device.ok) return device;
	const joining: Joining = {
		secret,
		circle: card.circle,
		person: card.person.identity,
		personName: card.person.name,
		name,
		at: session.now(),
		...(card.role === 'owner' && { takesOver: true as const }),
		sent: false
	};
	const kept = await session.store.work.updateJoinings((now) => [
		...now.filter((each) => each.secret !== secret),
		joining
	]);
	if (!kept.ok) return kept;
	// Whoever left once and is invited again waits for an answer again.
	const row = await session.store.readCircle(card.circle);
	const isIn = row?.standing === 'joined' && (await session.openCircle(card.circle))?.member !== undefined;
	if (row && row.standing !== 'mine' && !isIn)
		await session.store.updateCircle(card.circle, (now) => ({ ...(now ?? row), standing: 'invited' }));
	const on = await session.updateDevice((now) => ({ ...now, relayOn: true }));
	if (!on.ok) return on;
	await session.sync();
	const stands = await openInvitation(session, `#i=${secret}`);
	if (!stands.ok) return stands.error.type === 'unreachable' ? ok('unsent') : stands;
	return ok(stands.value.standing);
}

/** The link of an answer that waits, to look at it again. */
export const joiningFragment = (joining: Joining): string => `#i=${toBase64url(idBytes(joining.secret))}`;
