/** Why the device's storage cannot be used, and what to do, where nothing of a form's own is at stake. */
import { m } from '$lib/i18n/paraglide/messages';
import type { StorageError } from '$lib/storage/errors';

export function storageErrorWords(error: StorageError): string {
	switch (error.type) {
		case 'storage-full':
			return m.common_storage_full_text();
		case 'newer-app':
			return m.common_newer_text();
		case 'locked':
			return m.lock_elsewhere();
		case 'storage-unavailable':
		case 'wiped':
			return m.common_storage_off_text();
	}
}
