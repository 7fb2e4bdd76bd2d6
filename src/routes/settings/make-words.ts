import { MIN_PASSPHRASE } from '$lib/domain/passphrase';
import { unreachable } from '$lib/domain/assert';
import { m } from '$lib/i18n/paraglide/messages';
import { storageErrorWords } from '$lib/ui/storage-error-words';
import type { MakeProblem } from './file-maker.svelte';

/** Why a file to keep was not made. `failed`: what is said when nothing more is known. */
export function makeWords(problem: MakeProblem, failed: string): string {
	switch (problem) {
		case 'too-short':
			return m.backup_too_short({ length: MIN_PASSPHRASE });
		case 'only-digits':
			return m.backup_only_digits();
		case 'too-simple':
			return m.backup_too_simple();
		case 'not-same':
			return m.backup_not_same();
		case 'no-circle':
			return m.backup_nothing();
		case 'storage-full':
		case 'newer-app':
		case 'locked':
		case 'storage-unavailable':
		case 'wiped':
			return storageErrorWords({ type: problem });
		case 'not-readable':
		case 'failed':
			return failed;
		default:
			return unreachable(problem);
	}
}
