/**
 * Invitations of people. `PUT invitations/:id` keeps the sealed card of an invitation that stands in the circle's head
 * manifest; only those who may change the circle can. `GET invitations/:id` answers it, and how the invitation stands, to
 * whoever knows the id, which only the link gives. `POST invitations/:id/accept` keeps one signed acceptance of the caller's
 * own identity: the first one stays, the same one again is no error, another's is `already-used`; `expired` after its time
 * and when the circle no longer has it. `GET circles/:id/invitations` answers what has come in to those who may change it.
 */
import * as z from 'zod/mini';
import { blobSchema, circleIdSchema, identityIdSchema, publicKeySchema } from '../ids';

const MAX_CARD_BYTES = 16 * 1024;
const MAX_ACCEPTANCE_BYTES = 4096;

export const putInvitationSchema = z.strictObject({
	circle: circleIdSchema,
	pub: publicKeySchema,
	ct: blobSchema(MAX_CARD_BYTES)
});

/**
 * `open`: can be answered. `answered`: somebody has, and the circle has not decided. `over`: its time has passed.
 * `closed`: the circle no longer has it: let in, said no to, or taken back.
 */
export const invitationStates = ['open', 'answered', 'over', 'closed'] as const;
export type InvitationState = (typeof invitationStates)[number];

export const invitationSchema = z.strictObject({
	state: z.enum(invitationStates),
	ct: blobSchema(MAX_CARD_BYTES),
	/** Who has answered. */
	by: z.nullable(identityIdSchema)
});
export type StandingInvitation = z.infer<typeof invitationSchema>;

export const acceptInvitationSchema = z.strictObject({ acceptance: blobSchema(MAX_ACCEPTANCE_BYTES) });

export const circleInvitationsSchema = z.strictObject({
	answers: z.array(z.strictObject({ pub: publicKeySchema, acceptance: blobSchema(MAX_ACCEPTANCE_BYTES) }))
});
