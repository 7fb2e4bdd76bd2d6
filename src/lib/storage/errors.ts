/** What can go wrong on the device, as the rest of the app knows it. Raw browser errors stop here. */

export type StorageError =
	| { readonly type: 'storage-full' }
	/** IndexedDB is missing, refused (private mode, lockdown) or its connection is gone for good. */
	| { readonly type: 'storage-unavailable' }
	/** The database was written by a newer version of the app. */
	| { readonly type: 'newer-app' }
	/** An app lock keeps the key, or another tab has locked or changed it since. */
	| { readonly type: 'locked' }
	/** Parts are missing although this device has been used: never a fresh start. */
	| { readonly type: 'wiped' };

/** Thrown inside a transaction to abort it with a named reason. */
export class StorageAbort extends Error {
	constructor(readonly reason: StorageError) {
		super(`Storage transaction aborted: ${reason.type}`);
	}
}

/** Names a rejected transaction. Dexie wraps a quota failure in an AbortError, so the causes are searched (threat model F4). */
export function toStorageError(error: unknown): StorageError {
	for (const cause of causes(error)) {
		if (cause instanceof StorageAbort) return cause.reason;
		if (nameOf(cause) === 'QuotaExceededError') return { type: 'storage-full' };
		if (nameOf(cause) === 'VersionError') return { type: 'newer-app' };
	}
	return { type: 'storage-unavailable' };
}

/** A connection the browser closed under us can be opened again once (threat model F13). */
export const isLostConnection = (error: unknown): boolean =>
	causes(error).some((cause) => ['DatabaseClosedError', 'InvalidStateError', 'UnknownError'].includes(nameOf(cause)));

function causes(error: unknown): unknown[] {
	const found: unknown[] = [];
	for (let at = error; at !== undefined && at !== null && found.length < 8;) {
		found.push(at);
		at = typeof at === 'object' ? ((at as { inner?: unknown }).inner ?? (at as { cause?: unknown }).cause) : undefined;
	}
	return found;
}

const nameOf = (error: unknown): string =>
	typeof error === 'object' && error !== null ? String((error as { name?: unknown }).name) : '';
