/** What the relay answers when it refuses. Unknown and forbidden are the same 404, so nothing can be probed for. */
import * as z from 'zod/mini';
import { bookIdSchema, deviceIdSchema, hashSchema } from '../ids';

const apiErrorCodes = [
	'malformed',
	'unauthorized',
	'not-found',
	/** Manifest, log or frame does not follow what is stored. */
	'conflict',
	'stale-epoch',
	'already-used',
	'expired',
	'too-large',
	'too-many',
	'full',
	'unavailable'
] as const;

export const apiErrorSchema = z.object({
	error: z.enum(apiErrorCodes),
	/** On `conflict` of a push: the hash stored at that (book, device, seq); left out when nothing is (a gap). */
	hash: z.optional(hashSchema),
	/** On `conflict` and `stale-epoch` of a push: the frame that was refused. None of its push was stored. */
	at: z.optional(z.object({ book: bookIdSchema, device: deviceIdSchema, seq: z.int() })),
	/** With `at`: that device's newest stored frame in that book, the "own head" of F6; null when there is none. */
	head: z.optional(z.nullable(z.object({ seq: z.int(), hash: hashSchema })))
});
export type ApiError = z.infer<typeof apiErrorSchema>;
export type ApiErrorCode = ApiError['error'];

/** HTTP status of each code. */
export const apiErrorStatus: Readonly<Record<ApiErrorCode, number>> = {
	malformed: 400,
	unauthorized: 401,
	'not-found': 404,
	conflict: 409,
	'stale-epoch': 409,
	'already-used': 409,
	expired: 410,
	'too-large': 413,
	'too-many': 429,
	full: 507,
	unavailable: 503
};
