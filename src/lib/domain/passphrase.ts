/** What may guard data by itself. A lock that anybody with the disk opens in an hour is worse than none: it is trusted. */

export const MIN_PASSPHRASE = 12;

export type PassphraseProblem =
	| 'too-short'
	/** A PIN, however long: twelve digits are tried in days. */
	| 'only-digits'
	/** The same few characters again and again. */
	| 'too-simple';

const FEWEST_DIFFERENT = 5;
/** So many digits are as good as words. */
const LONG_NUMBER = 24;

/** Null when it will do. Several words are what is asked for; nothing is demanded of their characters. */
export function passphraseProblem(text: string): PassphraseProblem | null {
	const typed = text.trim();
	if (/^[\d\s]+$/.test(typed) && typed.replace(/\s/g, '').length < LONG_NUMBER) return 'only-digits';
	if ([...typed].length < MIN_PASSPHRASE) return 'too-short';
	return new Set(typed.toLowerCase()).size < FEWEST_DIFFERENT ? 'too-simple' : null;
}
