import { describe, expect, test } from 'vitest';
import vectors from '../../../tests/fixtures/vectors/bp-protocol-cases.json';
import { run } from '../../../tests/vectors/bp-protocol-cases';

const failedIds = (json: unknown) => run(json).flatMap(({ id, ok }) => (ok ? [] : id));

describe('the published blood pressure cases', () => {
	const results = run(vectors);

	test('each gives one result', () => {
		expect(results).toHaveLength(vectors.cases.length + vectors.triage.length + vectors.plausibility.length);
	});

	test.each(results)('$id', ({ expected, got, ok }) => {
		expect(got).toEqual(ok ? got : expected);
		expect(ok).toBe(true);
	});
});

describe('the runner of the cases', () => {
	const [series] = vectors.cases;
	const [triage] = vectors.triage;

	test('a case that cannot be read is a failed case with its id, or its place where it has none', () => {
		expect(failedIds({ cases: [{ ...series, profile: 'unheard-of' }, 'no case'] })).toEqual([
			'bp-01-full-week',
			'cases-2'
		]);
		expect(failedIds({ triage: [{ ...triage, symptoms: ['unheard-of'] }] })).toEqual(['tri-01']);
		expect(failedIds({ plausibility: [{ field: 'height', value: 1, accept: true, warn: true }] })).toEqual([
			'plausibility-1'
		]);
		expect(failedIds('no file')).toEqual(['bp-protocol-cases']);
	});

	test('a failed case tells only what differs', () => {
		const expected = { usedReadings: 25, usedDays: 6, mean: { n: 24, systolic: 135.63 } };
		expect(run({ cases: [{ ...series, expected }] })).toEqual([
			{
				id: 'bp-01-full-week',
				expected: { usedReadings: 25, mean: { systolic: 135.63 } },
				got: { usedReadings: 24, mean: { systolic: 135.625 } },
				ok: false
			}
		]);
	});

	test('the answer of a program that counts a reading twice is refused', () => {
		expect(failedIds({ cases: [{ ...series, expectedIfNotDeduplicated: series?.expected }] })).toEqual([
			'bp-01-full-week'
		]);
	});

	test('an expectation of something the domain does not say is not met', () => {
		expect(failedIds({ cases: [{ ...series, expected: { unheardOf: 1 } }] })).toEqual(['bp-01-full-week']);
		expect(failedIds({ cases: [{ ...series, expected: { excludedDays: [] } }] })).toEqual(['bp-01-full-week']);
	});
});
