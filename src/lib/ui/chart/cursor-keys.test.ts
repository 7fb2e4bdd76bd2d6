import { expect, test } from 'vitest';
import { cursorAfterKey } from './cursor-keys';

const press = (key: string, cursor: number | null, held = {}) =>
	cursorAfterKey({ key, altKey: false, ctrlKey: false, metaKey: false, ...held }, cursor, 20);

test('the first arrow reaches the newest reading, the next the one before it', () => {
	expect(press('ArrowLeft', null)).toBe(20);
	expect(press('ArrowRight', null)).toBe(20);
	expect(press('ArrowLeft', 20)).toBe(19);
	expect(press('ArrowUp', 19)).toBe(20);
});

test('the cursor stays among the readings', () => {
	expect(press('ArrowRight', 20)).toBe(20);
	expect(press('PageDown', 4)).toBe(0);
	expect(press('PageUp', 15)).toBe(20);
	expect(press('Home', 7)).toBe(0);
	expect(press('End', 7)).toBe(20);
});

test('Escape takes it away, and without a cursor is left to the page', () => {
	expect(press('Escape', 3)).toBeNull();
	expect(press('Escape', null)).toBeUndefined();
});

test('keys that are not the cursor’s are left alone', () => {
	expect(press('Tab', 3)).toBeUndefined();
	expect(press('ArrowLeft', 3, { altKey: true })).toBeUndefined();
});
