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
