import { describe, expect, test } from 'vitest';
import {
	checksTally,
	gateTally,
	lastLine,
	NOTHING,
	playwrightTally,
	runnerTally,
	sum,
	vectorsTally,
	vitestTally
} from './tally.js';

describe('the one honest line', () => {
	test('names skipped tests only when there are some', () => {
		expect(lastLine({ passed: 12, failed: 0, skipped: 0 })).toBe('12 passed, 0 failed');
		expect(lastLine({ passed: 12, failed: 1, skipped: 2 })).toBe('12 passed, 1 failed, 2 skipped');
	});

	test('adds up all runners and gates', () => {
		expect(sum([gateTally(0), gateTally(1), { passed: 5, failed: 2, skipped: 1 }])).toEqual({
			passed: 6,
			failed: 3,
			skipped: 1
		});
	});
});

describe('a runner', () => {
	test('that ends well is taken at its word', () => {
		expect(runnerTally(0, { passed: 3, failed: 0, skipped: 1 })).toEqual({ passed: 3, failed: 0, skipped: 1 });
	});
	test('that wrote no report has failed', () => expect(runnerTally(0, undefined).failed).toBe(1));
	test('that ran nothing has failed', () => expect(runnerTally(0, NOTHING).failed).toBe(1));
	test('that skipped everything has failed', () => expect(runnerTally(0, { ...NOTHING, skipped: 4 }).failed).toBe(1));
	test('that crashed after its tests has failed', () => {
		expect(runnerTally(1, { passed: 3, failed: 0, skipped: 0 }).failed).toBe(1);
	});
	test('that reports its failures is not blamed twice', () => {
		expect(runnerTally(1, { passed: 3, failed: 2, skipped: 0 }).failed).toBe(2);
	});
});

describe('reports', () => {
	const file = (status: string, ...tests: string[]) => ({
		status,
		assertionResults: tests.map((testStatus) => ({ status: testStatus }))
	});

	test('of vitest: a file that cannot be loaded counts as one failure', () => {
		const testResults = [file('passed', 'passed'), file('failed', 'failed', 'passed'), file('failed')];
		expect(
			vitestTally({ numPassedTests: 2, numFailedTests: 1, numPendingTests: 1, numTodoTests: 1, testResults })
		).toEqual({ passed: 2, failed: 2, skipped: 2 });
	});

	test('of playwright: a second try does not make a pass', () => {
		const stats = { expected: 4, unexpected: 1, flaky: 1, skipped: 2 };
		expect(playwrightTally({ stats, errors: [] })).toEqual({ passed: 4, failed: 2, skipped: 2 });
	});

	test('of playwright: an error outside every test is a failure', () => {
		const stats = { expected: 4, unexpected: 0, flaky: 0, skipped: 0 };
		expect(playwrightTally({ stats, errors: [{}] }).failed).toBe(1);
	});

	test('of the Firefox checks', () => {
		const checks = [{ failure: null }, { failure: 'the head was not raised' }];
		expect(checksTally({ checks })).toEqual({ passed: 1, failed: 1, skipped: 0 });
	});

	test('of the published cases: a file that nothing runs is skipped, and never passed', () => {
		const files = [
			{ name: 'codes', passed: 9, failed: 1, notRun: false },
			{ name: 'stats-cases', passed: 3, failed: 0, notRun: false },
			{ name: 'ble-vectors', passed: 0, failed: 0, notRun: true }
		];
		expect(vectorsTally({ files })).toEqual({ passed: 12, failed: 1, skipped: 1 });
	});
});
