/** What is wrong with a passphrase that is being chosen, and what to do. */
import { unreachable } from '$lib/domain/assert';
import { MIN_PASSPHRASE, type PassphraseProblem } from '$lib/domain/passphrase';
import { m } from '$lib/i18n/paraglide/messages';

/** `not-same`: typed twice, and not alike. */
export function passphraseWords(problem: PassphraseProblem | 'not-same'): string {
	switch (problem) {
		case 'too-short':
			return m.backup_too_short({ length: MIN_PASSPHRASE });
		case 'only-digits':
			return m.backup_only_digits();
		case 'too-simple':
			return m.backup_too_simple();
		case 'not-same':
			return m.backup_not_same();
		default:
			return unreachable(problem);
	}
}
