/** Student's t distribution for whole degrees of freedom. */
import { assert } from './assert';

/** Halvings of a right angle until two neighbouring numbers are left. */
const HALVINGS = 60;

/**
 * The t above and below which lie equal parts and between which lies `share` (0 to 1): 0.95 gives the factor of a 95 %
 * confidence interval. Any whole `degrees` from 1. Throws for other arguments, which are a programming error.
 *
 * With t = sqrt(degrees) * tan(angle), the share between -t and t is a finite sum (Abramowitz and Stegun 26.7.3, 26.7.4)
 * that grows with the angle, so halving the right angle finds it.
 */
export function tCritical(share: number, degrees: number): number {
	assert(share > 0 && share < 1, 'A share lies between 0 and 1');
	assert(Number.isInteger(degrees) && degrees >= 1, 'Degrees of freedom are a whole number from 1');
	let below = 0;
	let above = Math.PI / 2;
	for (let halving = 0; halving < HALVINGS; halving++) {
		const angle = (below + above) / 2;
		if (shareWithin(angle, degrees) < share) below = angle;
		else above = angle;
	}
	return Math.sqrt(degrees) * Math.tan(below);
}

function shareWithin(angle: number, degrees: number): number {
	const cosine = Math.cos(angle);
	const isOdd = degrees % 2 === 1;
	// The terms of one parity: 1, c²·1/2, c⁴·1·3/(2·4) … or c, c³·2/3, c⁵·2·4/(3·5) …
	let term = isOdd ? cosine : 1;
	let sum = 0;
	for (let power = isOdd ? 1 : 0; power <= degrees - 2; power += 2) {
		sum += term;
		term *= ((power + 1) / (power + 2)) * cosine ** 2;
	}
	return isOdd ? (2 / Math.PI) * (angle + Math.sin(angle) * sum) : Math.sin(angle) * sum;
}
