/** Why a save did not happen, in words: what happened, what is safe, what to do. */
import { unreachable } from '$lib/domain/assert';
import { m } from '$lib/i18n/paraglide/messages';
import type { ChangeError } from '$lib/state/circle-view';

export function saveErrorSentence(error: ChangeError): string {
	switch (error.type) {
		case 'storage-full':
			return m.record_fail_full();
		case 'storage-unavailable':
			return m.record_fail_unavailable();
		case 'newer-app':
			return m.record_fail_newer();
		case 'locked':
			return m.lock_elsewhere();
		case 'wiped':
			return m.record_fail_wiped();
		case 'not-allowed':
			return m.record_fail_not_allowed();
		case 'held-back':
			return m.record_fail_held_back();
		case 'failed':
			return m.record_fail();
		case 'gone':
			return m.record_fail_gone();
		case 'changed':
			return m.record_fail_changed();
		default:
			return unreachable(error);
	}
}
