/** A number as people type it, on any keyboard. */
import { err, ok, type Result } from './result';

export type NumberError =
	| { readonly type: 'empty' }
	| { readonly type: 'not-a-number' }
	| { readonly type: 'negative' }
	| { readonly type: 'too-many-decimals'; readonly decimals: number };

/**
 * A number as people write it: spaces anywhere, full-width and Arabic digits, decimal comma or point, leading zeros.
 * Zeros beyond the allowed decimals are let through: 128,0 is 128. Three of them after a whole number are not: 4.000 is
 * four thousand to much of the world, and never four.
 */
export function parseNumber(text: string, decimals: number): Result<number, NumberError> {
	const plain = plainDigits(text).replace(/\s/gu, '');
	if (plain === '') return err({ type: 'empty' });
	if (/^-(\d+[.,]?\d*|[.,]\d+)$/.test(plain)) return err({ type: 'negative' });
	const match = /^(\d*)(?:[.,](\d*))?$/.exec(plain);
	const [whole = '', fraction = ''] = match?.slice(1) ?? [];
	if (!match || whole + fraction === '') return err({ type: 'not-a-number' });
	const significant = fraction.replace(/0+$/, '');
	const isThousands = decimals === 0 && fraction.length === 3;
	if (significant.length > decimals || isThousands) return err({ type: 'too-many-decimals', decimals });
	return ok(Number(`${whole || '0'}.${significant || '0'}`));
}

/**
 * Digits and marks of other keyboards as plain ones: ０-９ (also ．，), Arabic and Persian digits, the longer minus. Marks
 * that nobody sees, such as those of the writing direction, come along when text is pasted and are left out.
 */
export function plainDigits(text: string): string {
	return text
		.normalize('NFKC')
		.replace(/\p{Cf}/gu, '')
		.replace(/[٠-٩]/g, (digit) => String(digit.charCodeAt(0) - 0x660))
		.replace(/[۰-۹]/g, (digit) => String(digit.charCodeAt(0) - 0x6f0))
		.replace(/٫/g, ',')
		.replace(/[−–]/g, '-');
}
