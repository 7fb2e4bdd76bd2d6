/** Counts from the runners' own reports. A runner that crashed, or ran nothing, is a failure and never a silence. */

/** @typedef {{ passed: number, failed: number, skipped: number }} Tally */

/** @type {Tally} */
export const NOTHING = { passed: 0, failed: 0, skipped: 0 };

/** @type {(tallies: readonly Tally[]) => Tally} */
export const sum = (tallies) =>
	tallies.reduce(
		(total, tally) => ({
			passed: total.passed + tally.passed,
			failed: total.failed + tally.failed,
			skipped: total.skipped + tally.skipped
		}),
		NOTHING
	);

/** The one last line. */
export function lastLine(/** @type {Tally} */ { passed, failed, skipped }) {
	return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}

/**
 * A gate counts as one.
 * @param {number} exitCode
 * @returns {Tally}
 */
export const gateTally = (exitCode) => ({ ...NOTHING, [exitCode === 0 ? 'passed' : 'failed']: 1 });

/**
 * What a runner's report says, corrected by how the runner ended: ending badly with no failure to show, writing no report
 * and running no test each count as one failure.
 * @param {number} exitCode
 * @param {Tally | undefined} reported
 * @returns {Tally}
 */
export function runnerTally(exitCode, reported) {
	if (!reported) return { ...NOTHING, failed: 1 };
	const ranNothing = reported.passed + reported.failed === 0;
	const crashed = exitCode !== 0 && reported.failed === 0;
	return ranNothing || crashed ? { ...reported, failed: reported.failed + 1 } : reported;
}

/**
 * Vitest's report. A file that could not be loaded has no tests of its own and counts as one failure.
 * @param {any} report
 * @returns {Tally}
 */
export function vitestTally(report) {
	const brokenFiles = report.testResults.filter(
		(/** @type {any} */ file) =>
			file.status === 'failed' && !file.assertionResults.some((/** @type {any} */ test) => test.status === 'failed')
	);
	return {
		passed: report.numPassedTests,
		failed: report.numFailedTests + brokenFiles.length,
		skipped: report.numPendingTests + report.numTodoTests
	};
}

/**
 * Playwright's report. A test that passed only at a second try has failed; so has an error outside every test.
 * @param {any} report
 * @returns {Tally}
 */
export function playwrightTally({ stats, errors }) {
	return { passed: stats.expected, failed: stats.unexpected + stats.flaky + errors.length, skipped: stats.skipped };
}

/**
 * The report of the Firefox checks.
 * @param {any} report
 * @returns {Tally}
 */
export function checksTally({ checks }) {
	const failed = checks.filter((/** @type {any} */ check) => check.failure !== null).length;
	return { ...NOTHING, passed: checks.length - failed, failed };
}

/**
 * The report of the published cases. A file of a kind that nothing runs yet counts as skipped.
 * @param {any} report
 * @returns {Tally}
 */
export function vectorsTally({ files }) {
	return sum(
		files.map((/** @type {any} */ { passed, failed, notRun }) => ({ passed, failed, skipped: notRun ? 1 : 0 }))
	);
}
