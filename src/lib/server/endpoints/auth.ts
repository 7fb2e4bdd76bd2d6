/** Login by device key: a challenge that works once, signed, becomes a token for 15 minutes (docs/protocol.md R6). */
import type * as z from 'zod/mini';
import { fromBase64url, toBase64url } from '$lib/crypto/bytes';
import { sha256 } from '$lib/crypto/hash';
import { challengeRequestSchema, tokenRequestSchema, verifyLogin } from '$lib/protocol/api/auth';
import { CHALLENGE_TTL_MS, TOKEN_TTL_MS } from '$lib/protocol/api/limits';
import { hashText, idBytes, type Hash } from '$lib/protocol/ids';
import { json, refuse, type Answer } from '../http';
import { openJsonRoute, type Call, type RelayContext, type Route, type Session } from '../route';
import type { Caller } from '../store';

export const authRoutes: readonly Route[] = [
	openJsonRoute({ method: 'POST', path: 'auth/challenge' }, challengeRequestSchema, challenge),
	openJsonRoute({ method: 'POST', path: 'auth/token' }, tokenRequestSchema, issueToken)
];

/** Unknown devices get a challenge too, which nothing will ever fit: the answer tells nobody who is registered. */
async function challenge({ relay, body }: Call<Caller>): Promise<Answer> {
	const nonce = toBase64url(relay.random(32));
	if (await relay.store.deviceKey(body)) {
		await relay.store.saveChallenge({ nonce, caller: body, exp: relay.clock() + CHALLENGE_TTL_MS });
	}
	return json({ nonce });
}

async function issueToken({ relay, body, address }: Call<z.infer<typeof tokenRequestSchema>>): Promise<Answer> {
	const { nonce, signature, ...caller } = body;
	const wait = await relay.rates.count('login', `${address} ${caller.device}`);
	if (wait !== null) return refuse('too-many', { retryAfterS: wait });
	const now = relay.clock();
	const key = await relay.store.deviceKey(caller);
	const isFresh = await relay.store.takeChallenge({ nonce, caller, now });
	const isSigned =
		key !== null &&
		acceptedOrigins(relay.origin).some((origin) =>
			verifyLogin(idBytes(signature), origin, nonce, caller.identity, caller.device, key)
		);
	if (!isFresh || !isSigned) return refuse('unauthorized');
	const token = relay.random(32);
	const exp = now + TOKEN_TTL_MS;
	await relay.store.saveToken({ hash: tokenHash(token), caller, exp });
	return json({ token: toBase64url(token), exp });
}

const LOOPBACK = ['localhost', '127.0.0.1', '[::1]'];

/** A relay on this machine is reached under several names; everywhere else the origin is exactly one. */
function acceptedOrigins(origin: string): string[] {
	const url = new URL(origin);
	if (!LOOPBACK.includes(url.hostname)) return [origin];
	return LOOPBACK.map((name) => `${url.protocol}//${name}${url.port ? `:${url.port}` : ''}`);
}

const tokenHash = (token: Uint8Array): Hash => hashText(sha256(token));

/** Whose request this is; null without a token that lives. */
export async function sessionOf(relay: RelayContext, headers: Headers): Promise<Session | null> {
	const [, text] = /^Bearer ([A-Za-z0-9_-]{43})$/.exec(headers.get('authorization') ?? '') ?? [];
	const token = text === undefined ? null : fromBase64url(text);
	if (!token) return null;
	const hash = tokenHash(token);
	const found = await relay.store.findToken(hash, relay.clock());
	return found && { ...found.caller, tokenHash: hash, exp: found.exp };
}
