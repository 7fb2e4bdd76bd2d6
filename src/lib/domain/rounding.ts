/** Numbers as a person would round them. */

/** Half up to a number of decimals (STANDARDS A1, D1): 134.5 is 135, and 74.25 is 74.3. */
export function roundedTo(value: number, decimals: number): number {
	const scale = 10 ** decimals;
	// Binary fractions put 74.25 * 10 a hair below the half; twelve digits bring it back.
	return Math.floor(Number((value * scale).toPrecision(12)) + 0.5) / scale;
}
