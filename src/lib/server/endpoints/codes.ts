/** What is found by an unguessable code: one-time invitations and the recovery store (docs/protocol.md 12, L3). */
import type * as z from 'zod/mini';
import { acceptInviteSchema } from '$lib/protocol/api/invites';
import { recoveryFileSchema } from '$lib/protocol/api/recovery';
import { blobSchema, hashSchema, type Hash } from '$lib/protocol/ids';
import { done, json, refuse, type Answer } from '../http';
import { deviceJsonRoute, openRoute, type Call, type Route, type Session } from '../route';

export const codeRoutes: readonly Route[] = [
	deviceJsonRoute({ method: 'POST', path: 'invites/:id/accept' }, acceptInviteSchema, acceptInvite),
	openRoute({ method: 'GET', path: 'recovery/:id' }, readRecovery),
	deviceJsonRoute({ method: 'PUT', path: 'recovery/:id' }, recoveryFileSchema, addRecoveryFile)
];

async function acceptInvite({ relay, id, body }: Call<z.infer<typeof acceptInviteSchema>>): Promise<Answer> {
	if (!hashSchema.safeParse(id).success) return refuse('not-found');
	const accepted = await relay.store.acceptInvite({ id: id as Hash, circle: body.circle, now: relay.clock() });
	return accepted ? done : refuse('already-used');
}

/** 16 bytes: the lookup id that only the recovery code gives. */
const isLookupId = (id: string): boolean => id.length === 22 && blobSchema(16).safeParse(id).success;

async function readRecovery({ relay, id }: Call<null>): Promise<Answer> {
	const files = isLookupId(id) ? await relay.store.recoveryFiles(id) : [];
	return files.length > 0 ? json({ files }) : refuse('not-found');
}

async function addRecoveryFile(
	{ relay, id, body }: Call<z.infer<typeof recoveryFileSchema>>,
	session: Session
): Promise<Answer> {
	if (!isLookupId(id)) return refuse('not-found');
	const owner = session.identity;
	const added = await relay.store.addRecoveryFile({ id, owner, file: body, maxFiles: relay.limits.recoveryFiles });
	return added.ok ? done : refuse(added.error);
}
