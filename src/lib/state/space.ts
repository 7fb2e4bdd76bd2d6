/** Which world this tab shows. Kept for the tab alone, so that a demo beside the real thing cannot be mistaken for it. */
import type { Space } from '$lib/storage/database';

const KEY = 'hemlinje:space';
const DEMO_SPACE = /^demo-[a-z0-9-]{1,24}$/;

/** The tab's space; `real` unless a demo was started here. */
export function readSpace(storage: Pick<Storage, 'getItem'> | null): Space {
	try {
		const kept = storage?.getItem(KEY) ?? null;
		return kept !== null && DEMO_SPACE.test(kept) ? (kept as Space) : 'real';
	} catch {
		// Storage refused: only the real space works without it, and says so when it cannot save.
		return 'real';
	}
}

export function keepSpace(storage: Pick<Storage, 'setItem' | 'removeItem'>, space: Space): void {
	if (space === 'real') storage.removeItem(KEY);
	else storage.setItem(KEY, space);
}

const circleKey = (space: Space): string => `hemlinje:circle:${space}`;

/**
 * The circle chosen in this tab; null for the person's own. Kept over a reload and no longer: an app that is opened anew
 * begins with the person's own values, so that nothing is written down for somebody else by habit.
 */
export function readChosenCircle(memory: Pick<Storage, 'getItem'> | null, space: Space): string | null {
	return memory?.getItem(circleKey(space)) ?? null;
}

export function keepChosenCircle(
	memory: Pick<Storage, 'setItem' | 'removeItem'> | null,
	space: Space,
	circle: string | null
): void {
	if (circle === null) memory?.removeItem(circleKey(space));
	else memory?.setItem(circleKey(space), circle);
}
