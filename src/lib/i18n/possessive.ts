/** Whose something is: a name in the genitive. */
import { getLocale, type Locale } from './paraglide/runtime';

const ENDS_IN_SIBILANT = /[sxz]$/iu;

/**
 * `Märtas`, but `Mats`, `Alex` and `Moritz` as they are: a Swedish name that ends in s, x or z takes no ending and no
 * apostrophe (Svenska skrivregler). In English every name takes one: `Mats’s`.
 */
export function possessive(name: string, locale: Locale = getLocale()): string {
	const whose = name.trim();
	if (locale === 'en') return `${whose}’s`;
	return ENDS_IN_SIBILANT.test(whose) ? whose : `${whose}s`;
}
