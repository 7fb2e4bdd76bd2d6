import fc from 'fast-check';
import { expect, test } from 'vitest';
import { placeAbove, placeLabels } from './place-labels';

const widthOf = (text: string) => text.length * 10;
const room = { left: 0, right: 300, rows: 2, gap: 8 };

test('a name stands centred over its line, and within the plot', () => {
	expect(placeLabels([{ x: 150, text: 'Furix' }], room, widthOf)).toEqual([{ text: 'Furix', left: 125, row: 0 }]);
	expect(placeLabels([{ x: 298, text: 'Furix' }], room, widthOf)[0]?.left).toBe(250);
	expect(placeLabels([{ x: 2, text: 'Furix' }], room, widthOf)[0]?.left).toBe(0);
});

test('the second of two near each other goes one row up, the third takes over the one before', () => {
	const near = [100, 110, 120].map((x, at) => ({ x, text: `Medicin ${at}` }));
	expect(placeLabels(near.slice(0, 2), room, widthOf).map(({ row }) => row)).toEqual([0, 1]);
	expect(placeLabels(near, room, widthOf).map(({ text }) => text)).toEqual(['Medicin 0', 'Medicin 2 +1']);
});

test('however many and wherever, no two lie on each other, and all are counted', () => {
	const label = fc.record({ x: fc.integer({ min: 0, max: 300 }), text: fc.constantFrom('Furix', 'Enalapril 5 → 10') });
	fc.assert(
		fc.property(fc.array(label, { maxLength: 12 }), (labels) => {
			const placed = placeLabels(
				labels.sort((a, b) => a.x - b.x),
				room,
				widthOf
			);
			for (const one of placed)
				for (const other of placed)
					if (one !== other && one.row === other.row)
						expect(
							one.left + widthOf(one.text) + room.gap <= other.left ||
								other.left + widthOf(other.text) + room.gap <= one.left
						).toBe(true);
			const counted = placed.reduce((sum, { text }) => sum + 1 + Number(/ \+(\d+)$/.exec(text)?.[1] ?? 0), 0);
			expect(counted).toBe(labels.length);
		})
	);
});

const plot = { left: 0, right: 300, top: 20 };

test('the name of a series stands above its first readings', () => {
	expect(placeAbove(plot, 60, () => 100)).toEqual({ left: 0, bottom: 88 });
	expect(placeAbove(plot, 60, () => null)).toBeNull();
});

test('a name hides no reading: where the first ones reach the top, it stands farther along', () => {
	const high = (from: number) => (from <= 40 ? 15 : 100);
	const place = placeAbove(plot, 60, high);
	expect(place?.left).toBeGreaterThan(40);
	expect(place?.bottom).toBe(88);
	expect(placeAbove(plot, 60, () => 15)).toEqual({ left: 0, bottom: 20 });
});
