/** A device's clock that is wrong. Nothing is refused for it: recording always works (ARCHITECTURE 1.1). */
import { MINUTE_MS } from './time';

/** Less than this is how clocks are. */
const WORTH_TELLING_MS = 2 * MINUTE_MS;

export interface ClockSkew {
	readonly direction: 'ahead' | 'behind';
	/** In the largest unit that says it. */
	readonly unit: 'minute' | 'hour' | 'day';
	readonly amount: number;
}

/** How wrong the clock is, in words' terms; null when it is right enough or nobody knows. */
export function clockSkew(skewMs: number | null): ClockSkew | null {
	if (skewMs === null || Math.abs(skewMs) <= WORTH_TELLING_MS) return null;
	const minutes = Math.abs(skewMs) / MINUTE_MS;
	const direction = skewMs > 0 ? 'ahead' : 'behind';
	if (minutes < 100) return { direction, unit: 'minute', amount: Math.round(minutes) };
	if (minutes < 48 * 60) return { direction, unit: 'hour', amount: Math.round(minutes / 60) };
	return { direction, unit: 'day', amount: Math.round(minutes / 1440) };
}
