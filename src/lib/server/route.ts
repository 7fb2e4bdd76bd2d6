/** What an endpoint is: where it stands, who may call it, what it reads, and a function from that to an answer. */
import type * as z from 'zod/mini';
import type { RandomBytes } from '$lib/crypto/bytes';
import { parseJson } from '$lib/protocol/json';
import { MAX_BODY_BYTES } from '$lib/protocol/api/limits';
import { BYTES_TYPE, JSON_TYPE, type Answer } from './http';
import type { RateLimits, RelayLimits } from './limits';
import type { Caller, RelayStore } from './store';
import type { Streams } from './streams';

/** Milliseconds since 1970. */
export type Clock = () => number;

/** What every endpoint may use. */
export interface RelayContext {
	readonly store: RelayStore;
	readonly clock: Clock;
	readonly random: RandomBytes;
	readonly origin: string;
	readonly limits: RelayLimits;
	readonly rates: RateLimits;
	readonly streams: Streams;
}

/** A logged-in caller, with the time the login ends. */
export interface Session extends Caller {
	readonly tokenHash: string;
	readonly exp: number;
}

export interface Call<Body> {
	readonly relay: RelayContext;
	/** The path's variable part, unparsed; '' where there is none. */
	readonly id: string;
	readonly query: URLSearchParams;
	readonly headers: Headers;
	readonly address: string;
	readonly body: Body;
}

interface Place {
	readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
	/** Below the interface's prefix; `:id` stands for one segment. */
	readonly path: string;
	/** Of an open route: whoever is logged in is counted by device, for a clinic of many devices has one address. */
	readonly countsLogin?: true;
}

export type Route = Place & {
	readonly reads: { readonly contentType: string; readonly maxBytes: number } | null;
	/** Null: the body is not what this endpoint reads. */
	readonly prepare: (body: Uint8Array) => PreparedCall | null;
	readonly access: 'open' | 'device';
};
type PreparedCall = (call: Omit<Call<never>, 'body'>, session: Session | null) => Promise<Answer>;

type Handle<Body> = (call: Call<Body>) => Promise<Answer>;
type HandleFor<Body> = (call: Call<Body>, session: Session) => Promise<Answer>;

/** Anyone may call it; counted by address. */
export const openRoute = (place: Place, handle: Handle<null>): Route => build(place, 'open', null, handle);
export const openJsonRoute = <T>(place: Place, schema: z.ZodMiniType<T>, handle: Handle<T>): Route =>
	build(place, 'open', jsonBody(schema), handle);

/** Only a logged-in device may call it. */
export const deviceRoute = (place: Place, handle: HandleFor<null>): Route => build(place, 'device', null, handle);
export const deviceJsonRoute = <T>(place: Place, schema: z.ZodMiniType<T>, handle: HandleFor<T>): Route =>
	build(place, 'device', jsonBody(schema), handle);
export const deviceBytesRoute = (place: Place, maxBytes: number, handle: HandleFor<Uint8Array>): Route =>
	build(place, 'device', { contentType: BYTES_TYPE, maxBytes, parse: (bytes) => bytes }, handle);

interface BodyReader<T> {
	readonly contentType: string;
	readonly maxBytes: number;
	readonly parse: (bytes: Uint8Array) => T | null;
}

const jsonBody = <T>(schema: z.ZodMiniType<T>): BodyReader<T> => ({
	contentType: JSON_TYPE,
	maxBytes: MAX_BODY_BYTES,
	parse: (bytes) => parseJson(schema, bytes)
});

function build<T>(
	place: Place,
	access: Route['access'],
	reader: BodyReader<T> | null,
	handle: HandleFor<T> | Handle<T>
): Route {
	return {
		...place,
		access,
		reads: reader,
		prepare(bytes) {
			const body = reader ? reader.parse(bytes) : null;
			if (reader && body === null) return null;
			// The router calls a device's route with a session only.
			return (call, session) => handle({ ...call, body: body as T }, session as Session);
		}
	};
}
