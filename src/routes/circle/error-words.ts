/** What went wrong while sharing: what happened, what is safe, what to do. */
import { unreachable } from '$lib/domain/assert';
import { m } from '$lib/i18n/paraglide/messages';
import { storageErrorWords } from '$lib/ui/storage-error-words';
import type { InvitationError } from '$lib/state/joining';
import type { CardError, ShareError } from '$lib/state/sharing';
import type { StorageError } from '$lib/storage/errors';

export function cardErrorWords(error: CardError): string {
	switch (error.type) {
		case 'malformed':
			return m.circle_card_malformed();
		case 'altered':
			return m.circle_card_altered();
		case 'expired':
			return m.circle_card_expired();
		case 'other-origin':
			return m.circle_card_other_origin({ origin: error.origin });
		case 'other-space':
			return m.circle_card_other_space();
		case 'unreachable':
			return m.circle_relay_unreachable();
		case 'refused':
			return m.circle_relay_refused();
		default:
			return unreachable(error);
	}
}

export function shareErrorWords(error: ShareError): string {
	switch (error.type) {
		case 'card-used':
			return m.circle_card_used();
		case 'already-member':
			return m.circle_already_member();
		case 'no-circle':
			return m.circle_nothing_to_share();
		case 'unreachable':
			return m.circle_relay_unreachable();
		case 'refused':
			return error.code === 'full' ? m.circle_relay_full() : m.circle_relay_refused();
		case 'relay-went-back':
			return m.circle_relay_went_back();
		case 'cloned':
			return m.circle_cloned();
		case 'shut-out':
			return m.devices_out_short();
		case 'storage-full':
		case 'newer-app':
		case 'locked':
		case 'storage-unavailable':
		case 'wiped':
			return storageErrorWords(error);
		default:
			return unreachable(error);
	}
}

export const inviteErrorWords = (error: StorageError | { readonly type: 'circle-full' }): string =>
	error.type === 'circle-full' ? m.members_full() : shareErrorWords(error);

export function joinErrorWords(error: InvitationError | StorageError): string {
	switch (error.type) {
		case 'malformed':
			return m.circle_join_unknown();
		case 'other-origin':
			return m.join_other_origin({ origin: error.origin });
		case 'unknown':
			return m.join_unknown();
		case 'altered':
			return m.join_altered();
		case 'other-space':
			return m.circle_card_other_space();
		case 'unreachable':
			return m.join_unreachable();
		default:
			return shareErrorWords(error);
	}
}
