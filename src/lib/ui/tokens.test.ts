/** The stylesheet's promises: readable contrast in both themes, and one dark theme however it is chosen. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { must } from '$lib/domain/assert';

// Vitest empties imported stylesheets, so the file is read.
const css = readFileSync(new URL('../../app.css', import.meta.url), 'utf8');

type Tokens = ReadonlyMap<string, string>;

/** Custom properties of the first block that opens with `start`. */
function tokensOf(start: string): Tokens {
	const from = css.indexOf(start) + start.length;
	const block = css.slice(from, css.indexOf('}', from));
	return new Map([...block.matchAll(/--([\w-]+):\s*([^;]+);/g)].map(([, name = '', value = '']) => [name, value]));
}

function luminance(hex: string): number {
	const channel = (at: number): number => {
		const value = parseInt(hex.slice(at, at + 2), 16) / 255;
		return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
	};
	return 0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5);
}

/** WCAG 2 contrast ratio of two tokens. */
function contrast(tokens: Tokens, one: string, other: string): number {
	const [high = 0, low = 0] = [one, other]
		.map((name) => luminance(must(tokens.get(name), `No token ${name}`)))
		.sort((a, b) => b - a);
	return (high + 0.05) / (low + 0.05);
}

const on = (ink: string, grounds: readonly string[]): [string, string][] => grounds.map((ground) => [ink, ground]);

const textPairs = [
	...on('ink', ['paper', 'sheet', 'sunk', 'fjord-tint']),
	...on('ink-2', ['paper', 'sheet', 'sunk', 'fjord-tint']),
	...on('fjord', ['paper', 'sheet', 'fjord-tint', 'yellow-bg', 'green-bg']),
	...on('on-fjord', ['fjord', 'fjord-press']),
	...on('paper', ['ink', 's1', 's2', 's3', 's4']),
	...on('green-ink', ['green-bg']),
	...on('yellow-ink', ['yellow-bg']),
	...on('red-ink', ['red-bg'])
];

const shapePairs = [
	...on('edge', ['paper', 'sheet', 'sunk']),
	...on('green-shape', ['green-bg', 'paper']),
	...on('yellow-shape', ['yellow-bg']),
	...on('paper', ['yellow-mark', 'red-mark', 'band-edge'])
];

const light = tokensOf(':root {');
const dark = tokensOf(":root[data-theme='dark'] {");

describe.each([
	['light', light],
	['dark', dark]
])('%s theme', (_, tokens) => {
	test.each(textPairs)('%s and %s can be read (7:1)', (ink, ground) => {
		expect(contrast(tokens, ink, ground)).toBeGreaterThanOrEqual(7);
	});

	test.each(shapePairs)('%s and %s can be told apart (3:1)', (shape, ground) => {
		expect(contrast(tokens, shape, ground)).toBeGreaterThanOrEqual(3);
	});
});

test('the dark theme is the same whether the device or the person asks for it', () => {
	expect(tokensOf(":root:not([data-theme='light']) {")).toEqual(dark);
	expect([...dark.keys()]).toEqual([...light.keys()]);
});
