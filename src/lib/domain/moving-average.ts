/** EWMA: a level that follows the values slowly (STANDARDS A10, our own choice of weight and start). */
import type { Series } from './series';

const NEW_VALUE_WEIGHT = 0.2;

/**
 * z = weight * value + (1 - weight) * z before it, from the first value on; in the values' unit. As many places as the
 * series has: a hole is a hole here too, and the level goes on from before it.
 */
export function movingAverage(series: Series, weight = NEW_VALUE_WEIGHT): Series {
	let level: number | null = null;
	return series.map((value) => {
		if (value === null) return null;
		level = level === null ? value : weight * value + (1 - weight) * level;
		return level;
	});
}
