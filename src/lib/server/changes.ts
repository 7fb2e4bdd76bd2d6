/** Word of changes inside one process. */
import type { Change } from './store';

export interface Changes {
	readonly announce: (changes: readonly Change[]) => void;
	readonly watch: (listener: (change: Change) => void) => () => void;
}

export function createChanges(): Changes {
	const listeners = new Set<(change: Change) => void>();
	return {
		announce(changes) {
			for (const change of changes) for (const listener of listeners) listener(change);
		},
		watch(listener) {
			listeners.add(listener);
			return () => listeners.delete(listener);
		}
	};
}
