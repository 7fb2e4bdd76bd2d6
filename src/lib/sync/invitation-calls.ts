/** Invitations at the relay (docs/protocol.md 12): asked by those who invite and those who are invited. */
import type { Result } from '$lib/domain/result';
import { circleInvitationsSchema, invitationSchema, type StandingInvitation } from '$lib/protocol/api/invitations';
import type { CircleId, Hash } from '$lib/protocol/ids';
import type { RelayClient, RelayError } from './relay-client';

export const putInvitation = (relay: RelayClient, id: Hash, circle: CircleId, pub: string, ct: string) =>
	relay.tell('PUT', `/invitations/${id}`, { circle, pub, ct });

export const readInvitation = (relay: RelayClient, id: Hash): Promise<Result<StandingInvitation, RelayError>> =>
	relay.ask(`/invitations/${id}`, invitationSchema, true);

export const acceptInvitation = (relay: RelayClient, id: Hash, acceptance: string) =>
	relay.tell('POST', `/invitations/${id}/accept`, { acceptance });

/** Signed answers to a circle's invitations. */
export const readAnswers = (relay: RelayClient, circle: CircleId) =>
	relay.ask(`/circles/${circle}/invitations`, circleInvitationsSchema);
