/**
 * The install marker lies outside the database, so that an emptied database is recognised as a loss and never taken for a
 * first start (docs/protocol.md 15; threat model F1-F3).
 */
import type { Space } from './database';

export interface Markers {
	isInstalled(space: Space): boolean;
	markInstalled(space: Space): void;
	/** A hint, so that the screen need not be drawn twice: the database alone tells. */
	isLocked(space: Space): boolean;
	markLocked(space: Space, isLocked: boolean): void;
	/** Only after the person has chosen to start over. */
	clear(space: Space): void;
}

const keyOf = (space: Space): string => `hemlinje:${space}:installed`;
const lockKeyOf = (space: Space): string => `hemlinje:${space}:locked`;

/** Markers in localStorage; where that is refused there is none, and the database alone tells. */
export function localStorageMarkers(storage: Storage | null): Markers {
	const attempt = <T>(action: (available: Storage) => T, otherwise: T): T => {
		try {
			return storage ? action(storage) : otherwise;
		} catch {
			// Storage access can be refused at any call (lockdown, full): the marker is a second witness, not the data.
			return otherwise;
		}
	};
	return {
		isInstalled: (space) => attempt((available) => available.getItem(keyOf(space)) !== null, false),
		markInstalled: (space) => attempt((available) => available.setItem(keyOf(space), '1'), undefined),
		isLocked: (space) => attempt((available) => available.getItem(lockKeyOf(space)) !== null, false),
		markLocked: (space, isLocked) =>
			attempt(
				(available) => (isLocked ? available.setItem(lockKeyOf(space), '1') : available.removeItem(lockKeyOf(space))),
				undefined
			),
		clear: (space) =>
			attempt((available) => [keyOf(space), lockKeyOf(space)].forEach((key) => available.removeItem(key)), undefined)
	};
}
