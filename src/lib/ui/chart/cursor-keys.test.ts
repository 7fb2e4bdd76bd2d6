import { expect, test } from 'vitest';
import { cursorAfterKey } from './cursor-keys';

/** Twenty-one days in a row, then none for three weeks, then one more. */
const stops = [...Array.from({ length: 20 }, (_, x) => ({ x })), { x: 40 }];

const press = (key: string, cursor: number | null, held = {}) =>
	cursorAfterKey({ key, altKey: false, ctrlKey: false, metaKey: false, ...held }, cursor, { stops, page: 7 });

test('the first arrow reaches the newest reading, the next the one before it', () => {
	expect(press('ArrowLeft', null)).toBe(20);
	expect(press('ArrowRight', null)).toBe(20);
	expect(press('ArrowLeft', 20)).toBe(19);
	expect(press('ArrowUp', 19)).toBe(20);
});

test('the cursor stays among the readings', () => {
	expect(press('ArrowRight', 20)).toBe(20);
	expect(press('Home', 7)).toBe(0);
	expect(press('End', 7)).toBe(20);
});

test('a page is a week, and over a longer hole still a step', () => {
	expect(press('PageDown', 12)).toBe(5);
	expect(press('PageUp', 5)).toBe(12);
	expect(press('PageDown', 4)).toBe(0);
	expect(press('PageDown', 20)).toBe(19);
	expect(press('PageUp', 19)).toBe(20);
	expect(press('PageUp', 20)).toBe(20);
	expect(press('PageDown', null)).toBe(19);
});

test('without readings there is nowhere to go', () => {
	const key = { key: 'ArrowLeft', altKey: false, ctrlKey: false, metaKey: false };
	expect(cursorAfterKey(key, null, { stops: [], page: 7 })).toBeUndefined();
});

test('Escape takes it away, and without a cursor is left to the page', () => {
	expect(press('Escape', 3)).toBeNull();
	expect(press('Escape', null)).toBeUndefined();
});

test('keys that are not the cursor’s are left alone', () => {
	expect(press('Tab', 3)).toBeUndefined();
	expect(press('ArrowLeft', 3, { altKey: true })).toBeUndefined();
});
