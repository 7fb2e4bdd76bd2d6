import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { LockChoices } from '$lib/storage/keyring';
import { LockWatch } from './lock-watch';

const MINUTE = 60_000;

beforeEach(() => void vi.useFakeTimers({ now: 0 }));
afterEach(() => void vi.useRealTimers());

/** Tabs of one app that hear each other, and which of them have locked. */
function tabs(count: number, after: LockChoices['after']) {
	const locked: number[] = [];
	const all: LockWatch[] = Array.from({ length: count }, (_, tab) => {
		const watch = new LockWatch(
			{ v: 1, after, blanks: true },
			() => void locked.push(tab),
			(shown) => all.forEach((other) => other !== watch && other.hear(shown))
		);
		return watch;
	});
	const [first, second, third] = all;
	if (!first) throw new Error('There is a tab');
	return { first, second: second ?? first, third: third ?? first, locked };
}

describe('after so many minutes without a touch', () => {
	test('it locks, once, and not a second before', () => {
		const { first, locked } = tabs(1, 5);
		first.show(true);
		vi.advanceTimersByTime(5 * MINUTE - 1);
		expect(locked).toEqual([]);
		vi.advanceTimersByTime(1);
		expect(locked).toEqual([0]);
		vi.advanceTimersByTime(60 * MINUTE);
		expect(locked).toEqual([0]);
	});

	test('each touch begins the time anew', () => {
		const { first, locked } = tabs(1, 1);
		first.show(true);
		for (let i = 0; i < 10; i += 1) {
			vi.advanceTimersByTime(MINUTE - 1);
			first.touch();
		}
		expect(locked).toEqual([]);
		vi.advanceTimersByTime(MINUTE);
		expect(locked).toEqual([0]);
	});

	test('a tab nobody looks at does not lock the one that is used', () => {
		const { first, second, locked } = tabs(2, 1);
		first.show(false);
		second.show(true);
		for (let i = 0; i < 60; i += 1) {
			vi.advanceTimersByTime(10_000);
			second.touch();
		}
		expect(locked).toEqual([]);
	});

	test('a device that slept locks at the first sign of life, before anything is shown or a touch counts', () => {
		for (const wake of ['touch', 'look', 'show'] as const) {
			const { first, locked } = tabs(1, 15);
			first.show(true);
			// No timer has run: the whole device stood still.
			vi.setSystemTime(Date.now() + 8 * 60 * MINUTE);
			if (wake === 'show') first.show(true);
			else first[wake]();
			expect([wake, locked]).toEqual([wake, [0]]);
		}
	});
});

describe('the moment it is left', () => {
	test('it locks within a second or so', () => {
		const { first, locked } = tabs(1, 'hidden');
		first.show(true);
		vi.advanceTimersByTime(60 * MINUTE);
		expect(locked).toEqual([]);
		first.show(false);
		vi.advanceTimersByTime(1_000);
		expect(locked).toEqual([0]);
	});

	test('from one tab to another nothing is left', () => {
		const { first, second, locked } = tabs(2, 'hidden');
		second.show(false);
		first.show(true);
		first.show(false);
		vi.advanceTimersByTime(300);
		second.show(true);
		vi.advanceTimersByTime(60 * MINUTE);
		expect(locked).toEqual([]);
		// Closed: the page says that it is not shown any more, and nobody else is.
		second.show(false);
		vi.advanceTimersByTime(1_000);
		expect([...locked].sort()).toEqual([0, 1]);
	});

	test('one that is left while another stands in front does not lock that one', () => {
		const { first, second, third, locked } = tabs(3, 'hidden');
		first.show(false);
		second.show(true);
		third.show(true);
		third.show(false);
		vi.advanceTimersByTime(60 * MINUTE);
		expect(locked).toEqual([]);
	});
});

test('never is never, and a watch that was stopped locks nothing', () => {
	const { first, locked } = tabs(1, 'never');
	first.show(false);
	vi.advanceTimersByTime(1_000 * MINUTE);
	const stopped = tabs(1, 1);
	stopped.first.show(true);
	stopped.first.stop();
	vi.advanceTimersByTime(10 * MINUTE);
	expect([locked, stopped.locked]).toEqual([[], []]);
});
