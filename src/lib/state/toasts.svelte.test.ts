import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Toasts } from './toasts.svelte';

beforeEach(() => {
	vi.useFakeTimers();
});

afterEach(() => {
	vi.useRealTimers();
});

test('a toast leaves by itself after eight seconds', () => {
	const toasts = new Toasts();
	toasts.show({ text: 'saved' });
	vi.advanceTimersByTime(7_999);
	expect(toasts.shown?.text).toBe('saved');
	vi.advanceTimersByTime(1);
	expect(toasts.shown).toBeNull();
});

test('a toast stays as long as it is held, and eight seconds more', () => {
	const toasts = new Toasts();
	toasts.show({ text: 'saved' });
	toasts.hold();
	vi.advanceTimersByTime(60_000);
	expect(toasts.shown).not.toBeNull();
	toasts.release();
	vi.advanceTimersByTime(8_000);
	expect(toasts.shown).toBeNull();
});

test('undo happens once and takes the toast away', () => {
	const undo = vi.fn();
	const toasts = new Toasts();
	toasts.show({ text: 'saved', undo });
	toasts.undo();
	toasts.undo();
	expect(undo).toHaveBeenCalledOnce();
	expect(toasts.shown).toBeNull();
});

test('a newer toast gets its own eight seconds', () => {
	const toasts = new Toasts();
	toasts.show({ text: 'first' });
	vi.advanceTimersByTime(5_000);
	toasts.show({ text: 'second' });
	vi.advanceTimersByTime(5_000);
	expect(toasts.shown?.text).toBe('second');
});
