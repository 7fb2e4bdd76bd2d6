/**
 * Text that people write in a plan: how long it may be, and that it holds no signs one cannot see.
 *
 * Signs that turn the direction of what stands around them (Unicode UAX #9: embeddings, overrides, isolates) could make a
 * sentence read otherwise than it was written, so they are refused. Letters of any language, also those written from right
 * to left, are kept as they are; whoever shows them sets them apart from the sentence around (`i18n/plan-words.ts`).
 */
import * as z from 'zod/mini';

/** Characters (UTF-16 code units, as a text field counts them). The whole plan has its own limit, see `plan.ts`. */
export const textLimits = { short: 80, line: 300, long: 1000, story: 4000 } as const;
export type TextSize = keyof typeof textLimits;

/** Controls but the new line, lone halves of a pair, line separators, byte order mark, and what turns direction. */
const hiddenSigns = /(?!\n)[\p{Cc}\p{Cs}\u2028\u2029\u202A-\u202E\u2066-\u2069\uFEFF]/gu;

/** True when nothing in the text is hidden. */
export const isPlainText = (text: string): boolean => text.search(hiddenSigns) === -1;

/** What was typed or pasted, with hidden signs left out, lines ended one way, and no space around it. No word is lost. */
export function plainText(text: string): string {
	return text
		.replace(/\r\n?|[\u2028\u2029]/g, '\n')
		.replace(/\t/g, ' ')
		.replace(hiddenSigns, '')
		.normalize('NFC')
		.trim();
}

export const textSchema = (size: TextSize) =>
	z.string().check(z.minLength(1), z.maxLength(textLimits[size]), z.refine(isPlainText, 'no hidden signs'));
