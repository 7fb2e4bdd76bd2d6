/** A QR code as one SVG path, one unit a module. */
import { encode } from 'uqr';

export interface QrPath {
	/** Side of the code with its quiet zone, in modules. */
	readonly size: number;
	readonly path: string;
}

/** Light modules a reader needs around a code (ISO/IEC 18004). */
const QUIET_ZONE = 4;

/** Error level M: a crease or a thumb in the corner is forgiven. Neighbouring dark modules become one run. */
export function qrPath(text: string): QrPath {
	const { data, size } = encode(text, { ecc: 'M', border: QUIET_ZONE });
	const rows = data.map((row, y) =>
		runs(row)
			.map(({ x, length }) => `M${x} ${y}h${length}v1h-${length}z`)
			.join('')
	);
	return { size, path: rows.join('') };
}

function runs(row: readonly boolean[]): { x: number; length: number }[] {
	const found: { x: number; length: number }[] = [];
	row.forEach((dark, x) => {
		const last = found.at(-1);
		if (!dark) return;
		if (last && last.x + last.length === x) last.length += 1;
		else found.push({ x, length: 1 });
	});
	return found;
}
