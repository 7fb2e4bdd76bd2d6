/** Holding an answer against what a published case expects. */

/** The tolerance of the published numbers. */
const TOLERANCE = 1e-3;

/** The part of `expected` that `got` does not meet, beside the same part of `got`; null when all is met. What `got` has beyond `expected` is free. */
export function unmet(expected: unknown, got: unknown): { expected: unknown; got: unknown } | null {
	if (typeof expected === 'number' && typeof got === 'number') {
		return Math.abs(expected - got) <= TOLERANCE ? null : { expected, got };
	}
	if (!isRecord(expected)) return expected === got ? null : { expected, got };
	if (!isRecord(got) || !isSameShape(expected, got)) return { expected, got };
	const failed = Object.entries(expected).flatMap(([key, value]) => {
		const part = unmet(value, got[key]);
		return part ? [[key, part] as const] : [];
	});
	return failed.length === 0 ? null : partsOf(failed);
}

/** A list is a list of the same length. */
const isSameShape = (expected: unknown, got: unknown): boolean =>
	Array.isArray(expected) ? Array.isArray(got) && got.length === expected.length : !Array.isArray(got);

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
	typeof value === 'object' && value !== null;

const partsOf = (failed: readonly (readonly [string, { expected: unknown; got: unknown }])[]) => ({
	expected: Object.fromEntries(failed.map(([key, part]) => [key, part.expected])),
	got: Object.fromEntries(failed.map(([key, part]) => [key, part.got]))
});
