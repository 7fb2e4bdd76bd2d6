/** What went wrong with the app lock: what happened, what is safe, what to do. */
import { unreachable } from '$lib/domain/assert';
import type { PassphraseProblem } from '$lib/domain/passphrase';
import { m } from '$lib/i18n/paraglide/messages';
import type { LockError } from '$lib/state/locking';
import { passphraseWords } from './passphrase-words';
import { storageErrorWords } from './storage-error-words';

export type LockProblem = LockError['type'] | PassphraseProblem | 'not-same';

export function lockProblemWords(problem: LockProblem): string {
	switch (problem) {
		case 'too-short':
		case 'only-digits':
		case 'too-simple':
		case 'not-same':
			return passphraseWords(problem);
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
