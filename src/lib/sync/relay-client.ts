/**
 * Typed calls to the relay. Everything it answers is parsed; anything that is not the relay speaking (a captive portal's
 * HTML, a proxy's 502, garbage) is `unreachable`, never an error of the person's (docs/protocol.md 9).
 */
import type * as z from 'zod/mini';
import { concatAll, toBase64url } from '$lib/crypto/bytes';
import { err, ok, type Result } from '$lib/domain/result';
import { challengeResponseSchema, signLogin, tokenResponseSchema } from '$lib/protocol/api/auth';
import { envelopesSchema, manifestChainSchema } from '$lib/protocol/api/circles';
import { apiErrorSchema, type ApiErrorCode } from '$lib/protocol/api/errors';
import {
	joinFrames,
	parsePull,
	pushResponseSchema,
	type PullHeader,
	type PullRange,
	type PushResult
} from '$lib/protocol/api/frames';
import { parseHeads, type Heads } from '$lib/protocol/api/heads';
import { identityLogSchema, registeredIdentitySchema } from '$lib/protocol/api/identities';
import { recoveryStoreSchema, type RecoveryFile } from '$lib/protocol/api/recovery';
import { API_PREFIX } from '$lib/protocol/api/version';
import type { Envelope } from '$lib/protocol/envelope';
import type { CircleId, DeviceId, Hash, IdentityId } from '$lib/protocol/ids';
import { parseJson } from '$lib/protocol/json';

export type RelayError =
	/** No network, no relay, or something else answering in its place. What was to be sent waits. */
	| { readonly type: 'unreachable' }
	| {
			readonly type: 'refused';
			readonly code: ApiErrorCode;
			readonly retryAfterMs?: number | undefined;
			/** With a refused push: this device's newest frame in that book at the relay; null when there is none. */
			readonly head?: { readonly seq: number; readonly hash: Hash } | null | undefined;
	  };

/** The platform's `fetch`, injected: the engine runs against a relay in the same process just as well. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

export interface RelayClientDeps {
	readonly fetch: Fetch;
	readonly origin: string;
	readonly now: () => number;
	/** Gives up on a call after this long; 0 never. */
	readonly timeoutMs: number;
}

export interface LoginKeys {
	readonly identity: IdentityId;
	readonly device: DeviceId;
	readonly signSecret: Uint8Array;
}

type Body = { readonly json: unknown } | { readonly bytes: Uint8Array } | null;

export class RelayClient {
	#deps: RelayClientDeps;
	#token: { readonly value: string; readonly exp: number } | null = null;
	#login: LoginKeys | null = null;
	#headsTag: string | null = null;
	/** Milliseconds this device's clock is ahead of the relay's; null until an answer carried a date. */
	skewMs: number | null = null;

	constructor(deps: RelayClientDeps) {
		this.#deps = deps;
	}

	/** Logs in as this device from the next call on; a running login of the same device stays. */
	useLogin(login: LoginKeys): void {
		if (this.#login?.device === login.device) return;
		this.#login = login;
		this.#token = null;
		this.#headsTag = null;
	}

	get origin(): string {
		return this.#deps.origin;
	}

	/** The id the relay registered; whatever else says yes, e.g. a proxy, is not the relay. */
	async registerIdentity(genesis: string, enrolment: string | null): Promise<Result<IdentityId, RelayError>> {
		const answer = await this.#open('POST', '/identities', { json: enrolment ? { genesis, enrolment } : { genesis } });
		return answer.ok ? parsed(answer.value, registeredIdentitySchema, ({ id }) => id) : answer;
	}

	/** An identity's records, those from number `from` on. Asked with the login there is, so that it is counted as this device's. */
	async identityLog(identity: IdentityId, from = 0): Promise<Result<string[], RelayError>> {
		const path = `/identities/${identity}/log${from > 0 ? `?from=${from}` : ''}`;
		const token = this.#usableToken();
		const answer = await this.#send('GET', path, null, token === null ? {} : { authorization: `Bearer ${token}` });
		return answer.ok ? parsed(answer.value.bytes, identityLogSchema, ({ log }) => log) : answer;
	}

	/** Needs no login: the record is signed, and whoever recovers an identity has no device to log in with yet. */
	appendIdentityRecord(identity: IdentityId, record: string): Promise<Result<Uint8Array, RelayError>> {
		return this.#open('POST', `/identities/${identity}/log`, { json: { record } });
	}

	createCircle(manifests: readonly string[], envelopes: readonly Envelope[]): Promise<Result<Uint8Array, RelayError>> {
		return this.#authorised('POST', '/circles', { json: { manifests, envelopes } });
	}

	extendCircle(
		circle: CircleId,
		manifest: string,
		envelopes: readonly Envelope[]
	): Promise<Result<Uint8Array, RelayError>> {
		return this.#authorised('POST', `/circles/${circle}/manifest`, { json: { manifest, envelopes } });
	}

	async manifests(circle: CircleId, from: number): Promise<Result<string[], RelayError>> {
		const answer = await this.#authorised('GET', `/circles/${circle}/manifest?from=${from}`, null);
		return answer.ok ? parsed(answer.value, manifestChainSchema, ({ manifests }) => manifests) : answer;
	}

	async envelopes(circle: CircleId): Promise<Result<Envelope[], RelayError>> {
		const answer = await this.#authorised('GET', `/circles/${circle}/envelopes`, null);
		return answer.ok ? parsed(answer.value, envelopesSchema, ({ envelopes }) => envelopes) : answer;
	}

	/** Where every book stands; null when nothing has moved since the last call. */
	async heads(): Promise<Result<Heads | null, RelayError>> {
		const headers = this.#headsTag ? { 'if-none-match': this.#headsTag } : {};
		const answer = await this.#withToken((token) =>
			this.#send('GET', '/heads', null, { ...headers, authorization: `Bearer ${token}` })
		);
		if (!answer.ok) return answer;
		if (answer.value.status === 304) return ok(null);
		const heads = parseHeads(answer.value.bytes);
		if (!heads) return err({ type: 'unreachable' });
		this.#headsTag = answer.value.etag;
		return ok(heads);
	}

	/** Forgets the last heads, so that the next call answers in full: after a pull that did not finish. */
	forgetHeads(): void {
		this.#headsTag = null;
	}

	async pull(ranges: readonly PullRange[]): Promise<Result<{ header: PullHeader; frames: Uint8Array[] }, RelayError>> {
		const answer = await this.#authorised('POST', '/pull', { json: { ranges } });
		if (!answer.ok) return answer;
		const pulled = parsePull(answer.value);
		return pulled ? ok(pulled) : err({ type: 'unreachable' });
	}

	/** `isReturn`: the relay had these before and has lost them. */
	async push(frames: readonly Uint8Array[], isReturn = false): Promise<Result<PushResult[], RelayError>> {
		const answer = await this.#authorised('POST', isReturn ? '/return' : '/push', { bytes: joinFrames(frames) });
		return answer.ok ? parsed(answer.value, pushResponseSchema, ({ results }) => results) : answer;
	}

	useInvite(id: Hash, circle: CircleId): Promise<Result<Uint8Array, RelayError>> {
		return this.#authorised('POST', `/invites/${id}/accept`, { json: { circle } });
	}

	/** What only few devices ask: its own file knows path and schema. `open` needs no login. */
	async ask<T>(path: string, schema: z.ZodMiniType<T>, open = false): Promise<Result<T, RelayError>> {
		const answer = await (open ? this.#open('GET', path, null) : this.#authorised('GET', path, null));
		return answer.ok ? parsed(answer.value, schema, (value) => value) : answer;
	}

	tell(method: 'PUT' | 'POST', path: string, json: unknown, open = false): Promise<Result<Uint8Array, RelayError>> {
		return open ? this.#open(method, path, { json }) : this.#authorised(method, path, { json });
	}

	/** Erases what stands at a path; only the one it belongs to is let. */
	remove(path: string): Promise<Result<Uint8Array, RelayError>> {
		return this.#authorised('DELETE', path, null);
	}

	leaveCircle(circle: CircleId): Promise<Result<Uint8Array, RelayError>> {
		return this.#authorised('POST', `/circles/${circle}/leave`, null);
	}

	addRecoveryFile(lookup: string, file: RecoveryFile): Promise<Result<Uint8Array, RelayError>> {
		return this.#authorised('PUT', `/recovery/${lookup}`, { json: file });
	}

	async recoveryFiles(lookup: string): Promise<Result<RecoveryFile[], RelayError>> {
		const answer = await this.#open('GET', `/recovery/${lookup}`, null);
		return answer.ok ? parsed(answer.value, recoveryStoreSchema, ({ files }) => files) : answer;
	}

	/** The stream of nudges as text chunks, until it ends or `signal` aborts. */
	async events(signal: AbortSignal): Promise<Result<ReadableStream<Uint8Array>, RelayError>> {
		const token = await this.#freshToken();
		if (!token.ok) return token;
		try {
			const response = await this.#deps.fetch(this.#url('/events'), {
				headers: { authorization: `Bearer ${token.value}`, accept: 'text/event-stream' },
				signal
			});
			const isStream = response.ok && response.headers.get('content-type')?.startsWith('text/event-stream');
			if (response.status === 401) this.#token = null;
			return isStream && response.body ? ok(response.body) : err({ type: 'unreachable' });
		} catch {
			// A network failure has no more to say than this.
			return err({ type: 'unreachable' });
		}
	}

	async #open(method: string, path: string, body: Body): Promise<Result<Uint8Array, RelayError>> {
		const answer = await this.#send(method, path, body, {});
		return answer.ok ? ok(answer.value.bytes) : answer;
	}

	async #authorised(method: string, path: string, body: Body): Promise<Result<Uint8Array, RelayError>> {
		const answer = await this.#withToken((token) =>
			this.#send(method, path, body, { authorization: `Bearer ${token}` })
		);
		return answer.ok ? ok(answer.value.bytes) : answer;
	}

	/** Calls with a token; one that the relay no longer knows is renewed once. */
	async #withToken(call: (token: string) => Promise<Result<Answer, RelayError>>): Promise<Result<Answer, RelayError>> {
		const token = await this.#freshToken();
		if (!token.ok) return token;
		const first = await call(token.value);
		if (first.ok || first.error.type !== 'refused' || first.error.code !== 'unauthorized') return first;
		this.#token = null;
		const second = await this.#freshToken();
		return second.ok ? call(second.value) : second;
	}

	async #freshToken(): Promise<Result<string, RelayError>> {
		const token = this.#usableToken();
		if (token !== null) return ok(token);
		if (!this.#login) return err({ type: 'refused', code: 'unauthorized' });
		const { identity, device, signSecret } = this.#login;
		const challenge = await this.#open('POST', '/auth/challenge', { json: { identity, device } });
		if (!challenge.ok) return challenge;
		const nonce = parsed(challenge.value, challengeResponseSchema, (answer) => answer.nonce);
		if (!nonce.ok) return nonce;
		const signature = toBase64url(signLogin(this.#deps.origin, nonce.value, identity, device, signSecret));
		const answer = await this.#open('POST', '/auth/token', {
			json: { identity, device, nonce: nonce.value, signature }
		});
		if (!answer.ok) return answer;
		const granted = parsed(answer.value, tokenResponseSchema, (body) => ({ value: body.token, exp: body.exp }));
		if (!granted.ok) return granted;
		this.#token = granted.value;
		return ok(granted.value.value);
	}

	/** Null when there is none that the relay still takes. */
	#usableToken(): string | null {
		if (!this.#token) return null;
		const { value, exp } = this.#token;
		return exp - 30_000 > this.#deps.now() - (this.skewMs ?? 0) ? value : null;
	}

	#url(path: string): string {
		return `${this.#deps.origin}${API_PREFIX}${path}`;
	}

	async #send(
		method: string,
		path: string,
		body: Body,
		headers: Record<string, string>
	): Promise<Result<Answer, RelayError>> {
		try {
			const response = await this.#deps.fetch(this.#url(path), {
				method,
				headers: { ...headers, ...contentType(body) },
				...(body ? { body: 'json' in body ? JSON.stringify(body.json) : (body.bytes as Uint8Array<ArrayBuffer>) } : {}),
				...(this.#deps.timeoutMs > 0 ? { signal: AbortSignal.timeout(this.#deps.timeoutMs) } : {}),
				cache: 'no-store',
				redirect: 'error',
				credentials: 'omit'
			});
			this.#noteClock(response);
			return await readAnswer(response);
		} catch {
			// Offline, refused connection, time-out, cut body: all the same to the person, and the outbox waits.
			return err({ type: 'unreachable' });
		}
	}

	#noteClock(response: Response): void {
		const date = Date.parse(response.headers.get('date') ?? '');
		if (!Number.isNaN(date)) this.skewMs = this.#deps.now() - date;
	}
}

interface Answer {
	readonly status: number;
	readonly bytes: Uint8Array;
	readonly etag: string | null;
}

const contentType = (body: Body): Record<string, string> =>
	body ? { 'content-type': 'json' in body ? 'application/json' : 'application/octet-stream' } : {};

/** More than any honest answer; whoever sends more is not read to the end. */
const MAX_ANSWER_BYTES = 16 * 1024 * 1024;

async function readBytes(response: Response): Promise<Uint8Array | null> {
	if (!response.body) return new Uint8Array();
	const reader = response.body.getReader();
	const parts: Uint8Array[] = [];
	for (let length = 0; ;) {
		const { done, value } = await reader.read();
		if (done) return concatAll(parts);
		length += value.length;
		if (length > MAX_ANSWER_BYTES) {
			await reader.cancel();
			return null;
		}
		parts.push(value);
	}
}

async function readAnswer(response: Response): Promise<Result<Answer, RelayError>> {
	const bytes = await readBytes(response);
	if (!bytes) return err({ type: 'unreachable' });
	const type = response.headers.get('content-type') ?? '';
	const isOurs = type.startsWith('application/json') || type.startsWith('application/octet-stream');
	if (response.status === 304 || response.status === 204) return ok({ status: response.status, bytes, etag: null });
	if (!isOurs) return err({ type: 'unreachable' });
	if (response.ok) return ok({ status: response.status, bytes, etag: response.headers.get('etag') });
	const refusal = parseJson(apiErrorSchema, bytes);
	if (!refusal || (response.status >= 500 && refusal.error !== 'full')) return err({ type: 'unreachable' });
	const seconds = Number(response.headers.get('retry-after'));
	return err({
		type: 'refused',
		code: refusal.error,
		head: refusal.head,
		...(Number.isFinite(seconds) && seconds > 0 ? { retryAfterMs: seconds * 1000 } : {})
	});
}

function parsed<T, U>(bytes: Uint8Array, schema: z.ZodMiniType<T>, pick: (value: T) => U): Result<U, RelayError> {
	const value = parseJson(schema, bytes);
	return value === null ? err({ type: 'unreachable' }) : ok(pick(value));
}
