import { unreachable } from '$lib/domain/assert';
import { m } from '$lib/i18n/paraglide/messages';
import { passphraseWords } from '$lib/ui/passphrase-words';
import { storageErrorWords } from '$lib/ui/storage-error-words';
import type { MakeProblem } from './file-maker.svelte';

/** Why a file to keep was not made. `failed`: what is said when nothing more is known. */
export function makeWords(problem: MakeProblem, failed: string): string {
	switch (problem) {
		case 'too-short':
		case 'only-digits':
		case 'too-simple':
		case 'not-same':
			return passphraseWords(problem);
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
