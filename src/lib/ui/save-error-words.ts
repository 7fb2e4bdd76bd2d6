/** Why a save did not happen, in words: what happened, what is safe, what to do. */
import { unreachable } from '$lib/domain/assert';
import { m } from '$lib/i18n/paraglide/messages';
import type { SaveError } from '$lib/state/circle-view';

export function saveErrorSentence(error: SaveError): string {
	switch (error.type) {
		case 'storage-full':
			return m.record_fail_full();
		case 'storage-unavailable':
			return m.record_fail_unavailable();
		case 'newer-app':
			return m.record_fail_newer();
		case 'wiped':
			return m.record_fail_wiped();
		case 'not-allowed':
			return m.record_fail_not_allowed();
		default:
			return unreachable(error);
	}
}
