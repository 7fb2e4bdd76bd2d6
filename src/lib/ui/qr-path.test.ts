import { encode } from 'uqr';
import { expect, test } from 'vitest';
import { qrPath } from './qr-path';

/** The modules a path paints, as text. */
function painted({ size, path }: { size: number; path: string }): string {
	const grid = Array.from({ length: size }, () => Array.from({ length: size }, () => '.'));
	for (const [, x = '', y = '', length = ''] of path.matchAll(/M(\d+) (\d+)h(\d+)v1h-\d+z/g)) {
		for (let at = 0; at < Number(length); at++) (grid[Number(y)] ?? [])[Number(x) + at] = '#';
	}
	return grid.map((row) => row.join('')).join('\n');
}

const link = `https://hemlinje.example/circle/share#card=${'aB3_'.repeat(170)}`;

test('the path paints exactly the modules of the code', () => {
	const { data } = encode(link, { ecc: 'M', border: 4 });
	expect(painted(qrPath(link))).toBe(data.map((row) => row.map((dark) => (dark ? '#' : '.')).join('')).join('\n'));
});

test('four modules on every side stay light', () => {
	const rows = painted(qrPath('https://hemlinje.example')).split('\n');
	const edge = [...rows.slice(0, 4), ...rows.slice(-4), ...rows.map((row) => row.slice(0, 4) + row.slice(-4))];
	expect(edge.join('')).not.toContain('#');
});
