/** What went wrong with a backup file: what happened, what is safe, what to do. */
import { RECOVERY_CODE_LENGTH, recoveryLetters } from '$lib/crypto/recovery-code';
import { unreachable } from '$lib/domain/assert';
import { MIN_PASSPHRASE } from '$lib/domain/passphrase';
import { m } from '$lib/i18n/paraglide/messages';
import { storageErrorWords } from '$lib/ui/storage-error-words';
import type { MakeProblem } from './backup-maker.svelte';
import type { ReadProblem } from './backup-reader.svelte';

export function makeWords(problem: MakeProblem): string {
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
			return m.backup_make_failed();
		default:
			return unreachable(problem);
	}
}

export function readWords(problem: ReadProblem, typed: string): string {
	switch (problem.type) {
		case 'not-age':
		case 'not-backup':
			return m.backup_not_backup();
		case 'too-costly':
			return m.backup_too_costly();
		case 'too-large':
			return m.backup_too_large();
		case 'wrong-key':
			return m.backup_wrong_key();
		case 'damaged':
			return m.backup_damaged();
		case 'newer-version':
			return m.backup_newer_version();
		case 'wrong-length':
			return m.restore_wrong_length({ typed: recoveryLetters(typed).length, wanted: RECOVERY_CODE_LENGTH });
		case 'wrong-character':
			return m.restore_wrong_character();
		case 'wrong-check':
			return m.restore_wrong_check();
		case 'storage-full':
			return m.backup_stopped_full();
		case 'newer-app':
			return m.common_newer_text();
		case 'locked':
			return m.lock_elsewhere();
		case 'storage-unavailable':
		case 'wiped':
			return m.common_storage_off_text();
		case 'not-allowed':
		case 'failed':
			return m.backup_read_failed();
		default:
			return unreachable(problem);
	}
}
