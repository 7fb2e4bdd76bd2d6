/**
 * Runs published cases one by one and compares what they expect with what the domain answers. A case that is not of the
 * shape of its kind has failed, and so has one on which the domain throws: nothing is passed over in silence.
 */
import * as z from 'zod';
import type { CaseResult } from './case-result';

export interface Answer {
	readonly expected: unknown;
	/** May hold more than is expected. */
	readonly got: unknown;
	/** How far a number may be off, where the case rounds in another way than most. */
	readonly tolerance?: Tolerance;
}

/** `field` is the innermost name; `scale` the size of the number, or of the largest of its list. */
export type Tolerance = (field: string, scale: number) => number;

/** One result a case, in their order. Without an `id` of its own, a case is called by `kind` and its number. */
export function runCases<Case>(
	kind: string,
	cases: readonly unknown[],
	schema: z.core.$ZodType<Case>,
	answer: (parsed: Case) => Answer
): CaseResult[] {
	return cases.map((raw, at) => {
		const named = idSchema.safeParse(raw);
		const id = named.success ? named.data.id : `${kind}-${at + 1}`;
		const parsed = z.safeParse(schema, raw);
		if (!parsed.success) return malformed(id, parsed.error);
		try {
			return judge(id, answer(parsed.data));
		} catch (cause) {
			return { id, expected: 'an answer', got: `it broke off: ${String(cause)}`, ok: false };
		}
	});
}

const idSchema = z.object({ id: z.string() });

/** The one failed result of something that is not of the shape it should be. */
export const malformed = (id: string, error: z.core.$ZodError): CaseResult => ({
	id,
	expected: 'the shape of such a case',
	got: error.issues.map(({ path, message }) => [path.join('.'), message].filter(Boolean).join(': ')).join('; '),
	ok: false
});

/** Whether an answer holds all that is expected of it. */
export const isMet = ({ expected, got, tolerance = roundedTo4 }: Answer): boolean =>
	differenceOf(expected, got, '', tolerance) === null;

/** Compares field by field; a failed result shows only the fields that differ. */
function judge(id: string, { expected, got, tolerance = roundedTo4 }: Answer): CaseResult {
	const difference = differenceOf(expected, got, '', tolerance);
	return difference ? { id, ...difference, ok: false } : { id, expected, got, ok: true };
}

/**
 * The cases are rounded to four decimals and more, and their t to three: a thousandth of small numbers, a thousandth in
 * all of large ones.
 */
export const roundedTo4: Tolerance = (_, scale) => Math.max(0.000_06, 0.001 * Math.min(1, scale));

interface Difference {
	readonly expected: unknown;
	readonly got: unknown;
}

function differenceOf(expected: unknown, got: unknown, field: string, tolerance: Tolerance): Difference | null {
	if (isList(expected)) return isListNear(expected, got, field, tolerance) ? null : { expected, got };
	if (isFields(expected)) return isFields(got) ? fieldDifference(expected, got, tolerance) : { expected, got };
	return isNear(expected, got, tolerance(field, sizeOf(expected))) ? null : { expected, got };
}

function fieldDifference(expected: Fields, got: Fields, tolerance: Tolerance): Difference | null {
	const differences = Object.keys(expected).flatMap((field) => {
		const difference = differenceOf(expected[field], got[field], field, tolerance);
		return difference ? [[field, difference] as const] : [];
	});
	if (differences.length === 0) return null;
	return {
		expected: Object.fromEntries(differences.map(([field, difference]) => [field, difference.expected])),
		got: Object.fromEntries(differences.map(([field, difference]) => [field, difference.got]))
	};
}

/** The numbers of a list share their scale: a bound of an interval near zero is as exact as the other. */
function isListNear(expected: readonly unknown[], got: unknown, field: string, tolerance: Tolerance): boolean {
	const scale = Math.max(...expected.map(sizeOf));
	const shared: Tolerance = (inner, size) => tolerance(inner, Math.max(size, scale));
	return (
		isList(got) &&
		got.length === expected.length &&
		expected.every((one, at) => differenceOf(one, got[at], field, shared) === null)
	);
}

const isNear = (expected: unknown, got: unknown, within: number): boolean =>
	typeof expected === 'number' && typeof got === 'number' ? Math.abs(expected - got) <= within : expected === got;

const sizeOf = (value: unknown): number => (typeof value === 'number' ? Math.abs(value) : 0);

type Fields = Readonly<Record<string, unknown>>;
const isList = (value: unknown): value is readonly unknown[] => Array.isArray(value);
const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !isList(value);
