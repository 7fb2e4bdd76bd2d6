/** Why the lock did not open, and what to do. */
import { m } from '$lib/i18n/paraglide/messages';
import { lockProblemWords } from '$lib/ui/lock-words';
import type { UnlockProblem } from './unlock-flow.svelte';

export function unlockWords(problem: UnlockProblem): string {
	switch (problem) {
		case 'empty':
			return m.lock_empty();
		case 'wrong':
			return m.lock_wrong();
		case 'passkey-opens-nothing':
			return m.lock_passkey_opens_nothing();
		case 'failed':
			return m.lock_unlock_failed();
		default:
			return lockProblemWords(problem);
	}
}

/** Said beside the passkey's button; everything else is about the field. */
export const isOfPasskey = (problem: UnlockProblem): boolean => problem.startsWith('passkey-');
