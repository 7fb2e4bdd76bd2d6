/** A relay in this process with a clock that is moved by hand, and a caller that speaks to it over its real messages. */
import { toBase64url, utf8 } from '$lib/crypto/bytes';
import { systemRandom } from '$lib/crypto/random';
import { must } from '$lib/domain/assert';
import { signLogin } from '$lib/protocol/api/auth';
import { joinFrames } from '$lib/protocol/api/frames';
import { API_PREFIX } from '$lib/protocol/api/version';
import type { Envelope } from '$lib/protocol/envelope';
import type { Frame } from '$lib/protocol/frame';
import type { BookId, CircleId, DeviceId, IdentityId } from '$lib/protocol/ids';
import type { SignedManifest } from '$lib/protocol/manifest';
import { defaultLimits, type RelayLimits } from '$lib/server/limits';
import { silentLog } from '$lib/server/log';
import { createRelay, type Relay, type RelayDeps } from '$lib/server/relay';
import type { RelayStore } from '$lib/server/store';
import { firstDevice, START, type Circle, type Device, type Someone } from './relay-world';

export const ORIGIN = 'https://hemlinje.test';

export interface TestClock {
	(): number;
	pass(ms: number): void;
}

/** A clock that stands still until it is told to pass. */
function createTestClock(now = START): TestClock {
	let at = now;
	return Object.assign(() => at, { pass: (ms: number) => void (at += ms) });
}

export interface TestRelay extends Relay {
	readonly clock: TestClock;
	readonly store: RelayStore;
}

/** A relay in this process over any store, with limits nobody meets by accident. */
export function startTestRelay(
	store: RelayStore,
	options: { limits?: Partial<RelayLimits>; log?: RelayDeps['log']; random?: RelayDeps['random']; origin?: string } = {}
): TestRelay {
	const clock = createTestClock();
	const limits = { ...roomyLimits, ...options.limits };
	const relay = createRelay({
		store,
		clock,
		random: options.random ?? systemRandom,
		origin: options.origin ?? ORIGIN,
		limits,
		log: options.log ?? silentLog
	});
	return { ...relay, clock, store };
}

const roomyLimits: RelayLimits = {
	...defaultLimits,
	pushesPerMinute: 1e6,
	pushesPerHour: 1e6,
	requestsPerMinute: 1e6,
	openRequestsPerMinute: 1e6,
	loginsPer10Minutes: 1e6,
	registrationsPerHour: 1e6,
	circlesPerHour: 1e6,
	pairingsPerHour: 1e6
};

export interface Call {
	readonly method?: string;
	readonly json?: unknown;
	readonly bytes?: Uint8Array;
	readonly token?: string | null;
	readonly headers?: Record<string, string>;
	readonly address?: string;
}

/** One request below `/api/v1`. */
export function call(
	relay: Relay,
	path: string,
	{ method, json, bytes, token, headers, address }: Call = {}
): Promise<Response> {
	const body = json === undefined ? bytes : utf8(JSON.stringify(json));
	const type = json === undefined ? 'application/octet-stream' : 'application/json';
	const request = new Request(`${ORIGIN}${API_PREFIX}/${path}`, {
		method: method ?? (body ? 'POST' : 'GET'),
		headers: {
			...(body ? { 'content-type': type } : {}),
			...(token ? { authorization: `Bearer ${token}` } : {}),
			...headers
		},
		...(body ? { body: body as Uint8Array<ArrayBuffer> } : {})
	});
	return relay.handle(request, address ?? '192.0.2.1');
}

export const register = (relay: Relay, someone: Someone, enrolment?: string): Promise<Response> =>
	call(relay, 'identities', {
		json: { genesis: toBase64url(must(someone.log[0], 'a genesis')), ...(enrolment ? { enrolment } : {}) }
	});

export async function challengeFor(relay: Relay, identity: IdentityId, device: DeviceId): Promise<string> {
	const answer = await call(relay, 'auth/challenge', { json: { identity, device } });
	return ((await answer.json()) as { nonce: string }).nonce;
}

export const tokenRequest = (someone: Someone, device: Device, nonce: string, origin = ORIGIN) => ({
	identity: someone.identity.id,
	device: device.id,
	nonce,
	signature: toBase64url(signLogin(origin, nonce, someone.identity.id, device.id, device.sign.secret))
});

/** A token; throws when the relay refuses. */
export async function login(relay: Relay, someone: Someone, device: Device = firstDevice(someone)): Promise<string> {
	const nonce = await challengeFor(relay, someone.identity.id, device.id);
	const answer = await call(relay, 'auth/token', { json: tokenRequest(someone, device, nonce) });
	if (!answer.ok) throw new Error(`login answered ${answer.status}`);
	return ((await answer.json()) as { token: string }).token;
}

/** Registered and logged in. */
export async function join(relay: Relay, someone: Someone): Promise<string> {
	await register(relay, someone);
	return login(relay, someone);
}

export const postCircle = (
	relay: Relay,
	circle: Circle,
	token: string,
	envelopes: readonly Envelope[] = []
): Promise<Response> =>
	call(relay, 'circles', {
		token,
		json: { manifests: circle.chain.map((record) => toBase64url(record.bytes)), envelopes }
	});

export const postManifest = (
	relay: Relay,
	circle: Circle,
	record: SignedManifest,
	token: string,
	envelopes: readonly Envelope[] = []
): Promise<Response> =>
	call(relay, `circles/${circle.id}/manifest`, { token, json: { manifest: toBase64url(record.bytes), envelopes } });

export const push = (relay: Relay, frames: readonly Frame[], token: string): Promise<Response> =>
	call(relay, 'push', { token, bytes: joinFrames(frames.map((frame) => frame.bytes)) });

/** Frames that were at the relay before it was restored from a backup. */
export const bringBack = (relay: Relay, frames: readonly Frame[], token: string): Promise<Response> =>
	call(relay, 'return', { token, bytes: joinFrames(frames.map((frame) => frame.bytes)) });

export const pull = (
	relay: Relay,
	ranges: readonly { circle: CircleId; book: BookId; after: number }[],
	token: string
): Promise<Response> => call(relay, 'pull', { token, json: { ranges } });

export const bodyBytes = async (response: Response): Promise<Uint8Array> =>
	new Uint8Array(await response.arrayBuffer());

/** Reads an event stream piece by piece. */
export function readEvents(response: Response): {
	next: () => Promise<string | null>;
	nudged: () => Promise<string | null>;
	stop: () => Promise<void>;
} {
	const reader = must(response.body, 'a stream has a body').getReader();
	const next = async () => {
		const { done, value } = await reader.read();
		return done ? null : new TextDecoder().decode(value);
	};
	return {
		next,
		/** The next circle that is named, past comments; null at the stream's end. */
		async nudged() {
			for (;;) {
				const text = await next();
				if (text === null) return null;
				const [, circle] = /^event: nudge\ndata: \{"circle":"([\w-]+)"\}\n\n$/.exec(text) ?? [];
				if (circle) return circle;
			}
		},
		stop: () => reader.cancel()
	};
}
