/**
 * Stretches of a series that chance seldom makes (STANDARDS A10). Which of them is shown, and in what words, is decision S2
 * of the clinical owner; the lengths are those of "Interpreting the CMMI", other sources say 5 to 9.
 */
import { measuredPlaces, measuredValues, type Series, sideOf } from './series';
import { mean } from './statistics';

const RUN_LENGTH = 8;
const TREND_LENGTH = 6;

/** `from` and `to` are places in the series, from 0, both within the stretch. */
export interface Pattern {
	/** `above`, `below`: on one side of the centre line. `rising`, `falling`: each value beyond the one before. */
	readonly type: 'above' | 'below' | 'rising' | 'falling';
	readonly from: number;
	readonly to: number;
}

/**
 * Eight values in a row on one side of the mean, and six in a row that rise or fall, each stretch as long as it is. A value
 * on the line, or equal to the one before, ends a stretch; a hole is skipped and ends none.
 */
export function findPatterns(series: Series): readonly Pattern[] {
	const centre = mean(measuredValues(series));
	if (centre === null) return [];
	const places = measuredPlaces(series);
	const sides = places.map(({ value }) => sideOf(value, centre.value));
	const steps = places.map(({ value }, at) => sideOf(value, places[at - 1]?.value ?? value));
	const pattern = (types: readonly [Pattern['type'], Pattern['type']], { sign, from, to }: Stretch): Pattern[] => {
		const [first, last] = [places[from], places[to]];
		return first && last ? [{ type: sign > 0 ? types[0] : types[1], from: first.at, to: last.at }] : [];
	};
	return [
		...stretchesOf(sides)
			.filter(({ from, to }) => to - from + 1 >= RUN_LENGTH)
			.flatMap((stretch) => pattern(['above', 'below'], stretch)),
		// The value that the first step leaves belongs to the stretch.
		...stretchesOf(steps)
			.map((stretch) => ({ ...stretch, from: stretch.from - 1 }))
			.filter(({ from, to }) => to - from + 1 >= TREND_LENGTH)
			.flatMap((stretch) => pattern(['rising', 'falling'], stretch))
	];
}

interface Stretch {
	readonly sign: number;
	readonly from: number;
	readonly to: number;
}

/** The stretches of equal signs; zeros belong to none. */
function stretchesOf(signs: readonly number[]): readonly Stretch[] {
	const stretches: { sign: number; from: number; to: number }[] = [];
	for (const [at, sign] of signs.entries()) {
		const last = stretches.at(-1);
		if (last?.sign === sign && last.to === at - 1) last.to = at;
		else if (sign !== 0) stretches.push({ sign, from: at, to: at });
	}
	return stretches;
}
