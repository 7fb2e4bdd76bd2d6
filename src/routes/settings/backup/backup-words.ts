/** What went wrong with a backup file: what happened, what is safe, what to do. */
import { RECOVERY_CODE_LENGTH, recoveryLetters } from '$lib/crypto/recovery-code';
import { unreachable } from '$lib/domain/assert';
import { m } from '$lib/i18n/paraglide/messages';
import type { ReadProblem } from './backup-reader.svelte';

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
		case 'held-back':
			return m.record_fail_held_back();
		default:
			return unreachable(problem);
	}
}
