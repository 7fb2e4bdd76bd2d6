/** The 12 digits two people compare over the phone or in the room: both identities, in an order both sides share. */
import { concat, equalBytes } from './bytes';
import { labelledHash } from './hash';

/** `123 456 789 012`, the same whichever side computes it. Ids are 32-byte identity ids. */
export function safetyNumber(a: Uint8Array, b: Uint8Array): string {
	const [first, second] = compareBytes(a, b) <= 0 ? [a, b] : [b, a];
	const hash = labelledHash('hl/safety/1', concat(first, second));
	const number = hash.slice(0, 8).reduce((value, byte) => value * 256n + BigInt(byte), 0n) % 1_000_000_000_000n;
	return (number.toString().padStart(12, '0').match(/.{3}/g) ?? []).join(' ');
}

function compareBytes(a: Uint8Array, b: Uint8Array): number {
	if (equalBytes(a, b)) return 0;
	for (let i = 0; i < Math.min(a.length, b.length); i += 1) {
		const difference = (a[i] ?? 0) - (b[i] ?? 0);
		if (difference !== 0) return difference;
	}
	return a.length - b.length;
}
