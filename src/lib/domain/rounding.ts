/** Numbers as they are shown. */

/** Half up to `decimals` (STANDARDS A1, D1): 134.5 is shown as 135. */
export function halfUp(value: number, decimals: number): number {
	const scale = 10 ** decimals;
	// Binary fractions put 74.25 * 10 a hair below the half; twelve digits bring it back.
	return Math.floor(Number((value * scale).toPrecision(12)) + 0.5) / scale;
}
