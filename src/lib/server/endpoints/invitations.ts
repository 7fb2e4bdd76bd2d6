/** Invitations of people (docs/protocol.md 12): what the relay keeps of them, and when an answer is taken. */
import type * as z from 'zod/mini';
import { toBase64url } from '$lib/crypto/bytes';
import { acceptInvitationSchema, putInvitationSchema, type InvitationState } from '$lib/protocol/api/invitations';
import { hashSchema, idBytes, type Hash } from '$lib/protocol/ids';
import { parseAcceptance, verifyAcceptance } from '$lib/protocol/invitation';
import { parseManifest } from '$lib/protocol/manifest';
import { done, json, refuse, type Answer } from '../http';
import {
	deviceJsonRoute,
	deviceRoute,
	openRoute,
	type Call,
	type RelayContext,
	type Route,
	type Session
} from '../route';
import type { StoredInvitation } from '../store';
import { enterCircle, isOwnedBy, quotaOf } from './circles';

export const invitationRoutes: readonly Route[] = [
	deviceJsonRoute({ method: 'PUT', path: 'invitations/:id' }, putInvitationSchema, putInvitation),
	openRoute({ method: 'GET', path: 'invitations/:id' }, readInvitation),
	deviceJsonRoute({ method: 'POST', path: 'invitations/:id/accept' }, acceptInvitationSchema, acceptInvitation),
	deviceRoute({ method: 'GET', path: 'circles/:id/invitations' }, readAnswers)
];

/** The card of an invitation the head manifest holds, from somebody who may change the circle. */
async function putInvitation(
	{ relay, id, body }: Call<z.infer<typeof putInvitationSchema>>,
	session: Session
): Promise<Answer> {
	const circle = hashSchema.safeParse(id).success ? await enterCircle(relay.store, body.circle, session) : null;
	const invite = circle?.head.body.invites.find((each) => each.pub === body.pub);
	if (!circle || !invite || !isOwnedBy(circle.head.body, session)) return refuse('not-found');
	const saved = await relay.store.saveInvitation({
		id: id as Hash,
		circle: circle.id,
		pub: body.pub,
		exp: invite.exp,
		ct: idBytes(body.ct),
		quota: quotaOf(relay.limits, circle.head.body.space)
	});
	return saved.ok ? done : refuse(saved.error);
}

async function readInvitation({ relay, id }: Call<null>): Promise<Answer> {
	const invitation = await find(relay, id);
	if (!invitation) return refuse('not-found');
	const state = await stateOf(relay, invitation);
	return json({ state, ct: toBase64url(invitation.ct), by: invitation.answer?.by ?? null });
}

/** Taken once, in time, while the circle has it, and only for the caller's own identity. */
async function acceptInvitation(
	{ relay, id, body }: Call<z.infer<typeof acceptInvitationSchema>>,
	session: Session
): Promise<Answer> {
	const invitation = await find(relay, id);
	const acceptance = parseAcceptance(idBytes(body.acceptance));
	if (!invitation) return refuse('not-found');
	if (!acceptance || !verifyAcceptance(acceptance, idBytes(invitation.pub))) return refuse('malformed');
	const { circle, identity } = acceptance.body;
	if (circle !== invitation.circle || identity !== session.identity) return refuse('malformed');
	if (invitation.answer?.by === session.identity) return done;
	const state = await stateOf(relay, invitation);
	if (state !== 'open') return refuse(state === 'answered' ? 'already-used' : 'expired');
	const answered = await relay.store.answerInvitation({
		id: id as Hash,
		by: session.identity,
		acceptance: acceptance.bytes
	});
	return answered.ok ? done : refuse(answered.error);
}

async function readAnswers({ relay, id }: Call<null>, session: Session): Promise<Answer> {
	const circle = await enterCircle(relay.store, id, session);
	if (!circle || !isOwnedBy(circle.head.body, session)) return refuse('not-found');
	const answers = await relay.store.answersTo(circle.id);
	return json({ answers: answers.map(({ pub, acceptance }) => ({ pub, acceptance: toBase64url(acceptance) })) });
}

const find = async (relay: RelayContext, id: string): Promise<StoredInvitation | null> =>
	hashSchema.safeParse(id).success ? relay.store.invitation(id as Hash) : null;

async function stateOf(relay: RelayContext, invitation: StoredInvitation): Promise<InvitationState> {
	const head = await relay.store.headManifest(invitation.circle);
	const isHeld = head && parseManifest(head)?.body.invites.some((each) => each.pub === invitation.pub);
	if (!isHeld) return invitation.exp <= relay.clock() && !invitation.answer ? 'over' : 'closed';
	if (invitation.answer) return 'answered';
	return invitation.exp <= relay.clock() ? 'over' : 'open';
}
