/**
 * The blind relay: keeps and hands on ciphertext, public keys, sizes and times (ARCHITECTURE 1.3). A plain fetch handler
 * over a store; it knows nothing of Kit, so tests and the sync engine run against it in their own process.
 */
import type { RandomBytes } from '$lib/crypto/bytes';
import { KEEP_ALIVE_S } from '$lib/protocol/api/events';
import { API_PREFIX } from '$lib/protocol/api/version';
import { authRoutes, sessionOf } from './endpoints/auth';
import { circleRoutes } from './endpoints/circles';
import { codeRoutes } from './endpoints/codes';
import { eventRoutes } from './endpoints/events';
import { frameRoutes } from './endpoints/frames';
import { healthRoutes } from './endpoints/health';
import { identityRoutes } from './endpoints/identities';
import { invitationRoutes } from './endpoints/invitations';
import { pairingRoutes } from './endpoints/pairings';
import { readBody, refuse, toResponse, type Answer } from './http';
import { createRateLimits, type RelayLimits } from './limits';
import { createPseudonyms, errorKind, type RelayLog } from './log';
import type { Clock, RelayContext, Route, Session } from './route';
import { StoreUnavailable, type RelayStore } from './store';
import { createStreams } from './streams';

export interface RelayDeps {
	/** The relay closes it. */
	readonly store: RelayStore;
	readonly clock: Clock;
	readonly random: RandomBytes;
	/** The app's and the relay's common origin, which every login is bound to. */
	readonly origin: string;
	readonly limits: RelayLimits;
	readonly log: RelayLog;
}

export interface Relay {
	/** Answers one request. Never rejects; an unexpected error is a 503 that says nothing. */
	handle(request: Request, clientAddress: string): Promise<Response>;
	/** What timers do in between: keeps streams alive and ends those whose login is over. */
	tick(): Promise<void>;
	/** Removes what has run out, and demo data after a day. */
	sweep(): Promise<void>;
	/** Ends streams, lets requests finish, closes the store. Later requests get 503. */
	close(): Promise<void>;
}

/** Every endpoint there is. */
const routes: readonly Route[] = [
	...authRoutes,
	...identityRoutes,
	...circleRoutes,
	...frameRoutes,
	...eventRoutes,
	...codeRoutes,
	...invitationRoutes,
	...pairingRoutes,
	...healthRoutes
];

const SWEEP_EVERY_MS = 60 * 1000;
const DEMO_LIFE_MS = 24 * 60 * 60 * 1000;

export function createRelay(deps: RelayDeps): Relay {
	const { store, clock, log, limits } = deps;
	const streams = createStreams({
		clock,
		perDevice: limits.streamsPerDevice,
		isLive: async (session) => (await store.findToken(session.tokenHash as never, clock())) !== null
	});
	const context: RelayContext = { ...deps, rates: createRateLimits(limits), streams };
	const pseudonym = createPseudonyms(deps.random);
	const running = new Set<Promise<unknown>>();
	let closing: Promise<void> | null = null;

	const logFailure = (route: string) => (error: unknown) => log.error({ route, ...errorKind(error) }, 'failed');
	const unwatch = store.watch(
		(change) => streams.tell(change),
		() => streams.identities()
	);

	async function answer(request: Request, address: string): Promise<Response> {
		const started = performance.now();
		const match = findRoute(request);
		const outcome: Outcome = { answer: refuse('unavailable'), session: null };
		try {
			await serve(context, request, address, match, outcome);
		} catch (error) {
			outcome.answer = refuse(error instanceof StoreUnavailable && error.reason === 'full' ? 'full' : 'unavailable');
			logFailure(match?.route.path ?? 'unknown')(error);
		}
		const response = toResponse(outcome.answer, clock());
		log.info(
			{
				method: match?.route.method ?? 'other',
				route: match?.route.path ?? 'unknown',
				status: response.status,
				ms: Math.round(performance.now() - started),
				...(outcome.session ? { who: pseudonym(outcome.session.identity, clock()) } : {})
			},
			'request'
		);
		return response;
	}

	const relay: Relay = {
		async handle(request, clientAddress) {
			if (closing) return toResponse(refuse('unavailable'), clock());
			return track(running, answer(request, clientAddress));
		},
		tick: () => streams.tick(),
		sweep: () => store.sweep({ now: clock(), demoBefore: clock() - DEMO_LIFE_MS }),
		close: () => (closing ??= shutDown())
	};

	const timers = [
		setInterval(() => void track(running, relay.tick().catch(logFailure('tick'))), KEEP_ALIVE_S * 1000),
		setInterval(() => void track(running, relay.sweep().catch(logFailure('sweep'))), SWEEP_EVERY_MS)
	];
	for (const timer of timers) timer.unref();

	async function shutDown(): Promise<void> {
		for (const timer of timers) clearInterval(timer);
		unwatch();
		streams.close();
		await Promise.allSettled(running);
		await store.close();
	}

	return relay;
}

function track<T>(running: Set<Promise<unknown>>, work: Promise<T>): Promise<T> {
	running.add(work);
	const forget = () => running.delete(work);
	work.then(forget, forget);
	return work;
}

interface Match {
	readonly route: Route;
	readonly id: string;
	readonly url: URL;
}

interface Outcome {
	answer: Answer;
	session: Session | null;
}

/** Path first, then who it is, then the body: nobody sends megabytes without a login. */
async function serve(
	relay: RelayContext,
	request: Request,
	address: string,
	match: Match | null,
	outcome: Outcome
): Promise<void> {
	if (!match) return void (outcome.answer = refuse('not-found'));
	const { route, id, url } = match;
	outcome.session = await sessionOf(relay, request.headers);
	if (route.access === 'device' && !outcome.session)
		return void (outcome.answer = await refuseStranger(relay, address));
	const wait = await countRequest(relay, route, outcome.session, address);
	if (wait !== null) return void (outcome.answer = refuse('too-many', { retryAfterS: wait }));
	const body = route.reads ? await readBody(request, route.reads.contentType, route.reads.maxBytes) : null;
	if (body && !body.ok) return void (outcome.answer = body);
	const call = route.prepare(body ? body.value : new Uint8Array());
	if (!call) return void (outcome.answer = refuse('malformed'));
	outcome.answer = await call(
		{ relay, id, query: url.searchParams, headers: request.headers, address },
		outcome.session
	);
}

/** Guessing tokens counts as open requests do. */
async function refuseStranger(relay: RelayContext, address: string): Promise<Answer> {
	const wait = await relay.rates.count('open', address);
	return wait === null ? refuse('unauthorized') : refuse('too-many', { retryAfterS: wait });
}

const countRequest = (
	relay: RelayContext,
	{ access, countsLogin }: Route,
	session: Session | null,
	address: string
): Promise<number | null> =>
	session && (access === 'device' || countsLogin)
		? relay.rates.count('request', session.device)
		: relay.rates.count('open', address);

/** The route of a request; null for an unknown path, another method, or a path with anything odd in it. */
function findRoute(request: Request): Match | null {
	const url = new URL(request.url);
	if (!url.pathname.startsWith(`${API_PREFIX}/`)) return null;
	const segments = url.pathname.slice(API_PREFIX.length + 1).split('/');
	for (const route of routes) {
		const pattern = route.path.split('/');
		if (route.method !== request.method || pattern.length !== segments.length) continue;
		if (!pattern.every((part, index) => part === ':id' || part === segments[index])) continue;
		return { route, id: segments[pattern.indexOf(':id')] ?? '', url };
	}
	return null;
}
