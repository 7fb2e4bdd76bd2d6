/** What went wrong on the way back: what happened, what is safe, what to do. */
import { RECOVERY_CODE_LENGTH, recoveryLetters } from '$lib/crypto/recovery-code';
import { unreachable } from '$lib/domain/assert';
import { m } from '$lib/i18n/paraglide/messages';
import { storageErrorWords } from '$lib/ui/storage-error-words';
import type { RestoreError } from '$lib/state/restoring';
import type { RestoreProblem } from './restore-flow.svelte';

export function problemWords(problem: RestoreProblem, typed: string): string {
	switch (problem.type) {
		case 'wrong-length':
			return m.restore_wrong_length({ typed: recoveryLetters(typed).length, wanted: RECOVERY_CODE_LENGTH });
		case 'wrong-character':
			return m.restore_wrong_character();
		case 'wrong-check':
			return m.restore_wrong_check();
		case 'not-found':
			return m.restore_not_found();
		case 'replaced':
			return m.restore_replaced();
		case 'other-space':
			return m.restore_other_space();
		case 'altered':
			return m.restore_altered();
		case 'overtaken':
			return m.restore_overtaken();
		case 'not-empty':
			return m.restore_not_empty();
		case 'unreachable':
			return m.restore_unreachable();
		case 'refused':
			return problem.code === 'too-many' ? m.restore_too_many() : m.restore_refused();
		case 'storage-full':
		case 'newer-app':
		case 'locked':
		case 'storage-unavailable':
		case 'wiped':
			return storageErrorWords(problem);
		default:
			return unreachable(problem);
	}
}

/** Why it stands still; null when the person stopped it. */
export function pauseWords(error: RestoreError | null): string {
	switch (error?.type) {
		case undefined:
			return m.restore_paused_by_you();
		case 'shut-out':
			return m.devices_out_short();
		case 'storage-full':
			return m.restore_paused_full();
		case 'unreachable':
			return m.restore_paused_unreachable();
		default:
			return m.restore_paused_refused();
	}
}
