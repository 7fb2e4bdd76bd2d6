/** Searching in lists that are in order, so that the cost follows what is shown and not the length of a history. */
import { must } from './assert';

/** Index of the first item whose value is at least `target`; the length when there is none. Values never fall. */
export function firstAtLeast<T>(items: readonly T[], target: number, valueOf: (item: T) => number): number {
	let low = 0;
	let high = items.length;
	while (low < high) {
		const middle = (low + high) >> 1;
		if (valueOf(must(items[middle], 'The middle lies within')) < target) low = middle + 1;
		else high = middle;
	}
	return low;
}

/** Index of the item whose value lies nearest to `target`; null without items. Of two as near, the earlier. */
export function nearestTo<T>(items: readonly T[], target: number, valueOf: (item: T) => number): number | null {
	const after = firstAtLeast(items, target, valueOf);
	const [one, other] = [items[after - 1], items[after]];
	if (one === undefined) return other === undefined ? null : after;
	if (other === undefined) return after - 1;
	return target - valueOf(one) <= valueOf(other) - target ? after - 1 : after;
}
