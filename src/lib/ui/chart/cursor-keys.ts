/** Where the cursor of a chart goes by a key. */
import { nearestTo } from '$lib/domain/sorted';

type Key = Pick<KeyboardEvent, 'key' | 'altKey' | 'ctrlKey' | 'metaKey'>;

interface Places {
	/** In the order of x. */
	readonly stops: readonly { readonly x: number }[];
	/** How far a page key goes along x: a week. */
	readonly page: number;
}

/**
 * The next stop; null takes the cursor away; undefined when the key is none of the cursor's. The first arrow reaches the
 * newest reading.
 */
export function cursorAfterKey(key: Key, cursor: number | null, places: Places): number | null | undefined {
	const last = places.stops.length - 1;
	if (key.altKey || key.ctrlKey || key.metaKey || last < 0) return undefined;
	if (key.key === 'Escape') return cursor === null ? undefined : null;
	const page = pages[key.key];
	if (page !== undefined) return afterPage(cursor ?? last, page, places);
	const step = steps[key.key];
	if (step === undefined) return undefined;
	const from = cursor ?? (step < 0 ? last + 1 : last);
	return Math.min(Math.max(from + step, 0), last);
}

/** The stop nearest to a week from here, and always a new one while there is any. */
function afterPage(from: number, direction: 1 | -1, { stops, page }: Places): number {
	const target = (stops[from]?.x ?? 0) + direction * page;
	const near = nearestTo(stops, target, ({ x }) => x) ?? from;
	const moved = direction > 0 ? Math.max(near, from + 1) : Math.min(near, from - 1);
	return Math.min(Math.max(moved, 0), stops.length - 1);
}

const pages: Readonly<Record<string, 1 | -1>> = { PageDown: -1, PageUp: 1 };

const steps: Readonly<Record<string, number>> = {
	ArrowLeft: -1,
	ArrowDown: -1,
	ArrowRight: 1,
	ArrowUp: 1,
	Home: -Infinity,
	End: Infinity
};
