/**
 * Which PostgreSQL failures pass by themselves, and trying again. A lost connection during a commit leaves open whether it
 * happened; every write of the store may be sent twice, so it is (SECURITY F23, PROTOCOL R4).
 */
import { StoreUnavailable } from '../store';

/** Server going down or coming up, connections cut or too many, deadlock, serialisation failure. */
const PASSING_CODES =
	/^(57P0[1-3]|40001|40P01|53300|08\w{3}|ECONN\w+|EPIPE|ETIMEDOUT|EAI_AGAIN|ENETUNREACH|EHOSTUNREACH)$/;
/** What `pg` says without a code when a connection breaks or cannot be had. */
const PASSING_MESSAGES =
	/^(Connection terminated|timeout exceeded when trying to connect|Query read timeout|Client has encountered a connection error|Cannot use a pool after)/;
const DISK_FULL = '53100';

const DELAYS_MS = [25, 50, 100, 200, 400, 800];

/** Runs `work`, again when its failure may pass; rejects with `StoreUnavailable` when it does not. Bugs pass through. */
export async function withRetry<T>(work: () => Promise<T>): Promise<T> {
	for (let attempt = 0; ; attempt += 1) {
		try {
			return await work();
		} catch (error) {
			if (codeOf(error) === DISK_FULL) throw new StoreUnavailable('full', error);
			if (!isPassing(error)) throw error;
			const delay = DELAYS_MS[attempt];
			if (delay === undefined) throw new StoreUnavailable('unreachable', error);
			await new Promise((resolve) => setTimeout(resolve, delay * (0.5 + Math.random())));
		}
	}
}

function isPassing(error: unknown): boolean {
	if (error instanceof AggregateError) return error.errors.some(isPassing);
	return PASSING_CODES.test(codeOf(error)) || (error instanceof Error && PASSING_MESSAGES.test(error.message));
}

const codeOf = (error: unknown): string =>
	error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
