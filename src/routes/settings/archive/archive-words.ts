/** What went wrong with an archive: what happened, what is safe, what to do. */
import { RECOVERY_CODE_LENGTH, recoveryLetters } from '$lib/crypto/recovery-code';
import { unreachable } from '$lib/domain/assert';
import { m } from '$lib/i18n/paraglide/messages';
import type { ArchiveFindings } from '$lib/state/archive/reading';
import type { ReadProblem } from './archive-reader.svelte';

export function readWords(problem: ReadProblem, typed: string): string {
	switch (problem.type) {
		case 'not-age':
		case 'not-archive':
			return m.archive_not_archive();
		case 'too-costly':
			return m.archive_too_costly();
		case 'too-large':
			return m.archive_too_large();
		case 'wrong-key':
			return m.backup_wrong_key();
		case 'damaged':
			return m.archive_damaged();
		case 'newer-version':
			return m.archive_newer_version();
		case 'other-space':
			return m.archive_other_space();
		case 'stopped':
			return m.archive_stopped();
		case 'wrong-length':
			return m.restore_wrong_length({ typed: recoveryLetters(typed).length, wanted: RECOVERY_CODE_LENGTH });
		case 'wrong-character':
			return m.restore_wrong_character();
		case 'wrong-check':
			return m.restore_wrong_check();
		case 'storage-full':
			return m.archive_full();
		case 'newer-app':
			return m.common_newer_text();
		case 'storage-unavailable':
		case 'locked':
		case 'wiped':
			return m.common_storage_off_text();
		case 'failed':
			return m.archive_read_failed();
		default:
			return unreachable(problem);
	}
}

/** What an archive holds, a line each. */
export const foundWords = ({ readings, versions, receipts, writers, newer }: ArchiveFindings): string[] => [
	m.archive_found_readings({ count: readings }),
	...(versions > 0 ? [m.archive_found_versions({ count: versions })] : []),
	...(receipts > 0 ? [m.archive_found_receipts({ count: receipts })] : []),
	...(writers.length > 0 ? [m.archive_found_writers({ names: writers.join(', ') })] : []),
	...(newer > 0 ? [m.archive_newer({ count: newer })] : [])
];

/** What is said while an archive is made, and once it is. */
export const makingWords = () => ({
	make: m.archive_make(),
	making: m.archive_making(),
	made: (count: number) => m.archive_made({ count }),
	where: m.archive_made_where(),
	saveAgain: m.archive_save_again(),
	another: m.archive_make_another(),
	failed: m.archive_make_failed()
});
