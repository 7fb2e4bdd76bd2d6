import type { AgeKey, AgeLock } from '$lib/crypto/age-file';
import { parseRecoveryCode, recoveryBoxKey, type RecoveryCodeError } from '$lib/crypto/recovery-code';
import { err, ok, type Result } from '$lib/domain/result';

/** What opens a file with this lock, from what was typed: a passphrase as it stands, or a recovery code. */
export function ageKey(lock: AgeLock['kind'], typed: string): Result<AgeKey, RecoveryCodeError> {
	if (lock === 'passphrase') return ok({ kind: 'passphrase', passphrase: typed });
	const code = parseRecoveryCode(typed);
	return code.ok ? ok({ kind: 'secret', secret: recoveryBoxKey(code.value).secret }) : err(code.error);
}
