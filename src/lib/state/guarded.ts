import { err, type Result } from '$lib/domain/result';
import { StorageAbort, type StorageError } from '$lib/storage/errors';

/** Something the app does not know of: a fault of its own, or a device that makes no random numbers. */
export interface Failed {
	readonly type: 'failed';
}

/**
 * What a write came to. A device that cannot even be read is told as one that cannot be written; anything else that is thrown is
 * reported as the fault it is and told as one, for a form that waits for ever tells nobody anything.
 */
export async function guarded<T, E>(write: () => Promise<Result<T, E>>): Promise<Result<T, E | StorageError | Failed>> {
	try {
		return await write();
	} catch (error) {
		if (error instanceof StorageAbort) return err(error.reason);
		globalThis.reportError?.(error);
		return err({ type: 'failed' });
	}
}
