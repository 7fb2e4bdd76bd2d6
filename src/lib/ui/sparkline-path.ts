/** Where a small curve's points lie. Pure, so that it can be tested without drawing. */

export interface SparkBox {
	readonly width: number;
	readonly height: number;
	readonly inset: number;
}

export interface SparkShape {
	/** SVG path; a missing value is a hole in the line. */
	readonly path: string;
	/** The last value that exists. */
	readonly end: SparkPoint | null;
	readonly band: { readonly y: number; readonly height: number } | null;
}

interface SparkPoint {
	readonly x: number;
	readonly y: number;
}

interface Limits {
	readonly min: number;
	readonly max: number;
}

/** Values evenly spread over the box, oldest first; the band widens the scale so that it is always seen. */
export function sparkShape(values: readonly (number | null)[], band: Limits | null, box: SparkBox): SparkShape {
	const known = values.filter((value) => value !== null);
	const low = Math.min(...known, band?.min ?? Infinity);
	const high = Math.max(...known, band?.max ?? -Infinity);
	const y = (value: number): number =>
		high === low ? box.height / 2 : box.inset + ((high - value) / (high - low)) * (box.height - 2 * box.inset);
	const x = (index: number): number =>
		box.inset + (values.length < 2 ? 1 : index / (values.length - 1)) * (box.width - 2 * box.inset);

	const points = values.map((value, index) => (value === null ? null : { x: round(x(index)), y: round(y(value)) }));
	return {
		path: points.map((point, index) => (point ? segment(point, points[index - 1], points[index + 1]) : '')).join(''),
		end: points.findLast((point) => point !== null) ?? null,
		band: band && { y: round(y(band.max)), height: Math.max(round(y(band.min) - y(band.max)), 2) }
	};
}

/** A line from the day before; a day alone is a stroke without length, which round caps make a dot. */
function segment(
	point: SparkPoint,
	before: SparkPoint | null | undefined,
	after: SparkPoint | null | undefined
): string {
	if (before) return `L${point.x} ${point.y}`;
	return `M${point.x} ${point.y}${after ? '' : 'h0'}`;
}

const round = (value: number): number => Math.round(value * 10) / 10;
