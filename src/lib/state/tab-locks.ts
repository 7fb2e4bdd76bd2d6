/** Locks between the tabs of this browser: held by one living tab, free again the moment that tab is gone. */
export interface TabLocks {
	/** Waits so long for the lock, 0 not at all, and gives back the way to let go of it; null while another tab holds it. */
	hold(name: string, waitMs: number): Promise<(() => void) | null>;
}

/** Without Web Locks, and where they are refused, nobody is known to hold anything, and every lock is had. */
export function browserLocks(locks: LockManager | undefined): TabLocks {
	return {
		hold: (name, waitMs) =>
			locks
				? new Promise((resolve) => {
						locks
							.request(name, waitMs > 0 ? { signal: AbortSignal.timeout(waitMs) } : { ifAvailable: true }, (lock) =>
								lock ? new Promise<void>((release) => resolve(release)) : resolve(null)
							)
							// A wait that ran out is how a lock somebody else holds looks from here; refused, it is as if there were none.
							.catch((error: unknown) => resolve(isTimeout(error) ? null : () => undefined));
					})
				: Promise.resolve(() => undefined)
	};
}

const isTimeout = (error: unknown): boolean => error instanceof DOMException && error.name === 'TimeoutError';
