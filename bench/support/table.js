/**
 * One line of the table. Times in milliseconds, sizes in kB; `limit` is what the barest code needs in the same run.
 * @typedef {{ id: string, what: string, unit: 'ms' | 'kB', ours: number, runs: number, limit?: number, limitIs?: string, budget: string }} Row
 */

/** @param {readonly number[]} values @param {number} share of the values that are not above it */
export const quantile = (values, share) =>
	[...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))] ?? NaN;

/** @param {readonly number[]} values */
export const median = (values) => quantile(values, 0.5);

/** @param {readonly Row[]} rows */
export function markdownTable(rows) {
	const cells = rows.map(({ id, what, unit, ours, runs, limit, limitIs, budget }) => [
		id,
		what,
		`${rounded(ours)} ${unit}`,
		String(runs),
		limit === undefined ? '' : `${rounded(limit)} ${unit}${limitIs ? ` (${limitIs})` : ''}`,
		limit === undefined ? '' : `${(ours / limit).toFixed(1)}×`,
		budget
	]);
	const lines = [['', 'what', 'ours (median)', 'runs', 'limit', 'ratio', 'budget'], Array(7).fill('---'), ...cells];
	return lines.map((line) => `| ${line.join(' | ')} |`).join('\n');
}

/** @param {number} value */
const rounded = (value) => (value < 10 ? value.toFixed(1) : String(Math.round(value)));
