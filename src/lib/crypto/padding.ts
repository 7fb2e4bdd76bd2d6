/**
 * PADMÉ padding: a length leaks O(log log n) bits, at a cost of at most 12 %.
 * Source: Nikitin et al., "Reducing Metadata Leakage from Encrypted Files and Communication with PURBs", PETS 2019, 4.2.
 * Format: u32 length | content | zero bytes up to the padded length. Nothing is shorter than 256 bytes.
 */
import { concat, readU32, u32 } from './bytes';

const FLOOR = 256;

/** The length PADMÉ rounds `length` up to. */
export function padmeLength(length: number): number {
	if (length <= FLOOR) return FLOOR;
	const exponent = floorLog2(length);
	const lastBits = exponent - (floorLog2(exponent) + 1);
	const step = 2 ** lastBits;
	return Math.ceil(length / step) * step;
}

/** In integers: a rounded logarithm could come out differently in another engine, and then nothing would unpad. */
const floorLog2 = (value: number): number => 31 - Math.clz32(value);

export function pad(content: Uint8Array): Uint8Array {
	const length = content.length + 4;
	return concat(u32(content.length), content, new Uint8Array(padmeLength(length) - length));
}

/** The content, or null when the length does not fit or the filling is not zero. */
export function unpad(padded: Uint8Array): Uint8Array | null {
	if (padded.length < FLOOR) return null;
	const length = readU32(padded, 0);
	if (length + 4 > padded.length || padmeLength(length + 4) !== padded.length) return null;
	for (let i = length + 4; i < padded.length; i += 1) if (padded[i] !== 0) return null;
	return padded.subarray(4, 4 + length);
}
