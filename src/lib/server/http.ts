/** Requests in, responses out: sizes before reading, exact content types, one shape for every refusal. */
import { concatAll, utf8 } from '$lib/crypto/bytes';
import { err, ok, type Result } from '$lib/domain/result';
import { apiErrorStatus, type ApiError, type ApiErrorCode } from '$lib/protocol/api/errors';

/** What an endpoint answers when it does what was asked. */
export type Reply =
	| { readonly type: 'done' }
	| { readonly type: 'json'; readonly body: unknown }
	| { readonly type: 'bytes'; readonly body: Uint8Array; readonly etag?: string | undefined }
	| { readonly type: 'unchanged'; readonly etag: string }
	| { readonly type: 'events'; readonly body: ReadableStream<Uint8Array> };

export interface Refusal extends Omit<ApiError, 'error'> {
	readonly code: ApiErrorCode;
	readonly retryAfterS?: number | undefined;
}

export type Answer = Result<Reply, Refusal>;

export const done: Answer = ok({ type: 'done' });
export const json = (body: unknown): Answer => ok({ type: 'json', body });
export const refuse = (code: ApiErrorCode, more: Omit<Refusal, 'code'> = {}): { ok: false; error: Refusal } =>
	err({ code, ...more });

/** Seconds a client should wait before it tries an unavailable relay again. */
const RETRY_UNAVAILABLE_S = 5;

/** Every answer carries the relay's time: clients measure their clock against it. */
export function toResponse(answer: Answer, now: number): Response {
	const headers = { 'cache-control': 'no-store', date: new Date(now).toUTCString() };
	if (!answer.ok) return refusalResponse(answer.error, headers);
	const reply = answer.value;
	switch (reply.type) {
		case 'done':
			return new Response(null, { status: 204, headers });
		case 'json':
			return new Response(JSON.stringify(reply.body), { headers: { ...headers, 'content-type': JSON_TYPE } });
		case 'bytes':
			return new Response(reply.body as Uint8Array<ArrayBuffer>, {
				headers: { ...headers, 'content-type': BYTES_TYPE, ...(reply.etag ? { etag: reply.etag } : {}) }
			});
		case 'unchanged':
			return new Response(null, { status: 304, headers: { ...headers, etag: reply.etag } });
		case 'events':
			return new Response(reply.body, { headers: { ...headers, 'content-type': 'text/event-stream' } });
	}
}

function refusalResponse({ code, retryAfterS, ...more }: Refusal, headers: Record<string, string>): Response {
	const wait = retryAfterS ?? (code === 'unavailable' ? RETRY_UNAVAILABLE_S : null);
	return new Response(JSON.stringify({ error: code, ...more }), {
		status: apiErrorStatus[code],
		headers: { ...headers, 'content-type': JSON_TYPE, ...(wait === null ? {} : { 'retry-after': String(wait) }) }
	});
}

export const JSON_TYPE = 'application/json';
export const BYTES_TYPE = 'application/octet-stream';

/**
 * The body of exactly this content type. `too-large` as soon as the stated or the read length passes `maxBytes`,
 * `malformed` for another type or a body that breaks off.
 */
export async function readBody(
	request: Request,
	contentType: string,
	maxBytes: number
): Promise<Result<Uint8Array, Refusal>> {
	if (request.headers.get('content-type')?.toLowerCase() !== contentType) return refuse('malformed');
	const stated = request.headers.get('content-length');
	if (stated !== null && Number(stated) > maxBytes) return refuse('too-large');
	if (!request.body) return ok(utf8(''));
	const reader = request.body.getReader();
	const parts: Uint8Array[] = [];
	let length = 0;
	try {
		for (;;) {
			const { done: ended, value } = await reader.read();
			if (ended) return ok(concatAll(parts));
			length += value.length;
			if (length > maxBytes) {
				await reader.cancel();
				return refuse('too-large');
			}
			parts.push(value);
		}
	} catch {
		return refuse('malformed');
	}
}
