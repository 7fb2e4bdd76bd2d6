/** Where the names of marks stand above a plot, so that no two lie on each other. */

export interface Label {
	/** The mark's place in pixels. */
	readonly x: number;
	readonly text: string;
}

export interface PlacedLabel {
	readonly text: string;
	readonly left: number;
	/** 0 is next to the plot. */
	readonly row: number;
}

interface Room {
	readonly left: number;
	readonly right: number;
	readonly rows: number;
	/** Least distance between two names of a row. */
	readonly gap: number;
}

/** Labels in the order of x. Where there is no room for a name, the one after it says `+1`; the list below names them all. */
export function placeLabels(
	labels: readonly Label[],
	room: Room,
	widthOf: (text: string) => number
): readonly PlacedLabel[] {
	let groups = labels.map((label) => ({ ...label, more: 0 }));
	for (;;) {
		const placed: PlacedLabel[] = [];
		const ends = Array.from({ length: room.rows }, () => -Infinity);
		const stuck = groups.findIndex(({ x, text, more }) => {
			const shown = more > 0 ? `${text} +${more}` : text;
			const width = widthOf(shown);
			const left = Math.max(room.left, Math.min(x - width / 2, room.right - width));
			const row = ends.findIndex((end) => left >= end + room.gap);
			if (row < 0) return true;
			ends[row] = left + width;
			placed.push({ text: shown, left, row });
			return false;
		});
		if (stuck < 1) return placed;
		const swallowed = groups[stuck - 1]?.more ?? 0;
		groups = groups
			.map((group, at) => (at === stuck ? { ...group, more: group.more + swallowed + 1 } : group))
			.filter((_, at) => at !== stuck - 1);
	}
}

/**
 * Where the name of a series stands: just above its readings, as far to the left as there is room for it under the plot's
 * top, so that it hides no reading. Where there is room nowhere, at the left end and as high as it can be; null without
 * readings.
 */
export function placeAbove(
	plot: { readonly left: number; readonly right: number; readonly top: number },
	width: number,
	/** The height of the highest reading between two places, in pixels from the top; null where there are none. */
	highestBetween: (from: number, to: number) => number | null
): { readonly left: number; readonly bottom: number } | null {
	const steps = Math.max(1, Math.floor((plot.right - plot.left - width) / STEP_PX));
	const places = Array.from({ length: steps }, (_, at) => {
		const left = plot.left + at * STEP_PX;
		const highest = highestBetween(left, left + width);
		return highest === null ? null : { left, bottom: highest - ABOVE_PX };
	}).filter((place) => place !== null);
	const [first] = places;
	const free = places.find(({ bottom }) => bottom >= plot.top);
	return free ?? (first ? { left: first.left, bottom: plot.top } : null);
}

const STEP_PX = 12;
/** Clear of a point and its border. */
const ABOVE_PX = 12;
