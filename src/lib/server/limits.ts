/** What one caller may ask for (docs/protocol.md R7). Counted in memory: each relay process counts for itself. */
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';

export interface RelayLimits {
	readonly pushesPerMinute: number;
	readonly pushesPerHour: number;
	/** Every request of a logged-in device, pushes too. A unit's new device asks four times for each of its circles. */
	readonly requestsPerMinute: number;
	/** Requests without a login, for each address. */
	readonly openRequestsPerMinute: number;
	/** Logins of one device from one address, so that nobody can lock a device out from elsewhere. */
	readonly loginsPer10Minutes: number;
	/** New identities for each address. */
	readonly registrationsPerHour: number;
	/** New circles for each identity. */
	readonly circlesPerHour: number;
	/** Mailboxes for a new device opened from each address. */
	readonly pairingsPerHour: number;
	/** Such mailboxes at once on the whole relay. */
	readonly pairings: number;
	/** Event streams open at once for each device. */
	readonly streamsPerDevice: number;
	readonly circleBytes: number;
	readonly circleFrames: number;
	readonly demoCircleBytes: number;
	readonly demoCircleFrames: number;
	/** Demo circles at once on the whole relay. */
	readonly demoCircles: number;
	/** Records in one identity's log. */
	readonly identityRecords: number;
	/** Files in the recovery store for each identity. */
	readonly recoveryFiles: number;
}

export const defaultLimits: RelayLimits = {
	pushesPerMinute: 60,
	pushesPerHour: 600,
	requestsPerMinute: 3000,
	openRequestsPerMinute: 300,
	loginsPer10Minutes: 20,
	registrationsPerHour: 120,
	circlesPerHour: 60,
	pairingsPerHour: 60,
	pairings: 5000,
	streamsPerDevice: 8,
	circleBytes: 50 * 1024 * 1024,
	circleFrames: 200_000,
	demoCircleBytes: 5 * 1024 * 1024,
	demoCircleFrames: 20_000,
	demoCircles: 2000,
	identityRecords: 1000,
	recoveryFiles: 200
};

/** What is counted. */
export type Counted = 'push' | 'request' | 'open' | 'login' | 'registration' | 'circle' | 'pairing';

export interface RateLimits {
	/** Counts one; answers null, or the seconds to wait when it was one too many. */
	count(what: Counted, key: string): Promise<number | null>;
}

export function createRateLimits(limits: RelayLimits): RateLimits {
	const window = (points: number, duration: number) => new RateLimiterMemory({ points, duration });
	const counters: Readonly<Record<Counted, readonly RateLimiterMemory[]>> = {
		push: [window(limits.pushesPerMinute, 60), window(limits.pushesPerHour, 3600)],
		request: [window(limits.requestsPerMinute, 60)],
		open: [window(limits.openRequestsPerMinute, 60)],
		login: [window(limits.loginsPer10Minutes, 600)],
		registration: [window(limits.registrationsPerHour, 3600)],
		circle: [window(limits.circlesPerHour, 3600)],
		pairing: [window(limits.pairingsPerHour, 3600)]
	};
	return {
		async count(what, key) {
			for (const counter of counters[what]) {
				const wait = await consume(counter, key);
				if (wait !== null) return wait;
			}
			return null;
		}
	};
}

async function consume(counter: RateLimiterMemory, key: string): Promise<number | null> {
	try {
		await counter.consume(key);
		return null;
	} catch (refusal) {
		if (refusal instanceof RateLimiterRes) return Math.max(1, Math.ceil(refusal.msBeforeNext / 1000));
		throw refusal;
	}
}
