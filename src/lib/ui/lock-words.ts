/** What went wrong with the app lock: what happened, what is safe, what to do. */
import { unreachable } from '$lib/domain/assert';
import { MIN_PASSPHRASE, type PassphraseProblem } from '$lib/domain/passphrase';
import { m } from '$lib/i18n/paraglide/messages';
import type { LockError } from '$lib/state/locking';
import { storageErrorWords } from './storage-error-words';

export type LockProblem = LockError['type'] | PassphraseProblem | 'not-same';

export function lockProblemWords(problem: LockProblem): string {
	switch (problem) {
		case 'too-short':
			return m.backup_too_short({ length: MIN_PASSPHRASE });
		case 'only-digits':
			return m.backup_only_digits();
		case 'too-simple':
			return m.backup_too_simple();
		case 'not-same':
			return m.backup_not_same();
		case 'passkey-unused':
			return m.lock_passkey_unused();
		case 'passkey-without-key':
			return m.lock_passkey_without_key();
		case 'too-slow':
			return m.lock_too_slow();
		case 'storage-full':
		case 'storage-unavailable':
		case 'newer-app':
		case 'locked':
		case 'wiped':
			return storageErrorWords({ type: problem });
		default:
			return unreachable(problem);
	}
}
