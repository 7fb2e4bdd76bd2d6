/**
 * `POST invites/:id/accept` marks a one-time code as used, once: the first call answers 204, every later one `already-used`
 * unless it names the same circle. The id is the hash of the code, so the relay never sees the code itself.
 */
import * as z from 'zod/mini';
import { labelledHash } from '$lib/crypto/hash';
import { circleIdSchema, hashText, idBytes, type Hash } from '../ids';

export const acceptInviteSchema = z.strictObject({ circle: circleIdSchema });
export const inviteId = (code: string): Hash => hashText(labelledHash('hl/invite/1', idBytes(code)));
