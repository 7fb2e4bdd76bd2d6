/** The lock's settings in words. */
import { m } from '$lib/i18n/paraglide/messages';
import { lockAfter, type LockChoices } from '$lib/storage/keyring';
import type { LockDone } from './lock-flow.svelte';

export const afterOptions = (): { readonly value: LockChoices['after']; readonly label: string }[] =>
	lockAfter.map((value) => ({ value, label: afterWords(value) }));

function afterWords(after: LockChoices['after']): string {
	if (after === 'hidden') return m.lock_after_hidden();
	return after === 'never' ? m.lock_after_never() : m.lock_after_minutes({ count: after });
}

export function doneWords(done: LockDone): string {
	switch (done) {
		case 'set':
			return m.lock_is_on();
		case 'changed':
			return m.lock_changed();
		case 'changed-without-passkey':
			return m.lock_changed_without_passkey();
		case 'passkey-added':
			return m.lock_added_passkey();
		case 'passkey-removed':
			return m.lock_removed_passkey();
		case 'taken-off':
			return m.lock_taken_off();
	}
}
