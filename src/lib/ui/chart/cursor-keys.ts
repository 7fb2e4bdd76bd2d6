/** Where the cursor of a chart goes by a key. */

type Key = Pick<KeyboardEvent, 'key' | 'altKey' | 'ctrlKey' | 'metaKey'>;

const PAGE = 10;

/**
 * The next stop among 0 to `last`; null takes the cursor away; undefined when the key is none of the cursor's. The first
 * arrow reaches the newest reading.
 */
export function cursorAfterKey(key: Key, cursor: number | null, last: number): number | null | undefined {
	if (key.altKey || key.ctrlKey || key.metaKey) return undefined;
	if (key.key === 'Escape') return cursor === null ? undefined : null;
	const step = steps[key.key];
	if (step === undefined) return undefined;
	const from = cursor ?? (step < 0 ? last + 1 : last);
	return Math.min(Math.max(from + step, 0), last);
}

const steps: Readonly<Record<string, number>> = {
	ArrowLeft: -1,
	ArrowDown: -1,
	ArrowRight: 1,
	ArrowUp: 1,
	PageDown: -PAGE,
	PageUp: PAGE,
	Home: -Infinity,
	End: Infinity
};
