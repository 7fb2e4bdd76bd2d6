/**
 * What the relay writes about its work: route template, status, time, and a hash of the caller that nobody can link from one
 * day to the next. Never a body, a query, an id, a name or an error's text (ARCHITECTURE 1.7, R9).
 */
import { pino, type DestinationStream } from 'pino';
import { concat, toBase64url, utf8, type RandomBytes } from '$lib/crypto/bytes';
import { sha256 } from '$lib/crypto/hash';

export interface RelayLog {
	info(fields: Readonly<Record<string, string | number>>, message: string): void;
	error(fields: Readonly<Record<string, string | number>>, message: string): void;
}

/** JSON lines on standard output, or wherever `destination` leads. */
export const createLog = (level: string, destination?: DestinationStream): RelayLog =>
	pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, destination ?? pino.destination(1));

export const silentLog: RelayLog = { info: () => undefined, error: () => undefined };

const DAY_MS = 24 * 60 * 60 * 1000;

/** Hashes identities under a salt that is thrown away at midnight UTC and never written down. */
export function createPseudonyms(random: RandomBytes): (identity: string, now: number) => string {
	let day = -1;
	let salt = random(16);
	return (identity, now) => {
		const today = Math.floor(now / DAY_MS);
		if (today !== day) salt = random(16);
		day = today;
		return toBase64url(sha256(concat(salt, utf8(identity))).subarray(0, 9));
	};
}

/** What may be said about an unexpected error: its kind and the database's code, never its text. */
export function errorKind(error: unknown): Record<string, string> {
	if (!(error instanceof Error)) return { kind: typeof error };
	const cause = error.cause instanceof Error ? error.cause : error;
	const code =
		'code' in cause && typeof cause.code === 'string' && /^[A-Z0-9_]{1,40}$/.test(cause.code)
			? { code: cause.code }
			: {};
	return { kind: error.name, ...code };
}
