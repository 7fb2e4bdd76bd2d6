/**
 * The recovery code: 130 random bits as 26 Crockford base32 characters and a check symbol (modulo 37), on paper.
 * From it come the recovery identity (age X25519) and the id its store is looked up by; neither gives back the other.
 * Source: Crockford, "Base 32"; docs/protocol.md 4 and 14.
 */
import { assert } from '$lib/domain/assert';
import { err, ok, type Result } from '$lib/domain/result';
import { boxKeyOf, type BoxKey } from './boxes';
import { toBase64url, utf8, type RandomBytes } from './bytes';
import { deriveKey, mac } from './hash';

const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const CHECK_ALPHABET = `${ALPHABET}*~$=U`;
const CODE_LENGTH = 26;

/** 26 characters, canonical: upper case, no separators, no check symbol. */
export type RecoveryCode = string & { readonly __brand: 'RecoveryCode' };

export type RecoveryCodeError =
	{ readonly type: 'wrong-length' } | { readonly type: 'wrong-character' } | { readonly type: 'wrong-check' };

/** Characters on paper: the code and its check symbol. */
export const RECOVERY_CODE_LENGTH = CODE_LENGTH + 1;

/** A fresh code from 26 × 5 bits. */
export const createRecoveryCode = (random: RandomBytes): RecoveryCode => codeOf(random(CODE_LENGTH));

/** Five bits of each of 26 bytes as letters: short enough to type, and long enough that nobody finds another for a hash. */
export function codeOf(bytes: Uint8Array): RecoveryCode {
	assert(bytes.length === CODE_LENGTH, 'a code is made of 26 bytes');
	return Array.from(bytes, (byte) => ALPHABET.charAt(byte & 31)).join('') as RecoveryCode;
}

/** The check symbol that stands last on the paper. */
export function checkSymbol(code: RecoveryCode): string {
	let remainder = 0;
	for (const character of code) remainder = (remainder * 32 + ALPHABET.indexOf(character)) % 37;
	return CHECK_ALPHABET.charAt(remainder);
}

/** As printed: groups of four, the check symbol in the last. 27 characters make six groups of four and one of three. */
export const recoveryCodeGroups = (code: RecoveryCode): string[] => (code + checkSymbol(code)).match(/.{1,4}/g) ?? [];

/** What was typed as it is read: upper case, without separators, O as 0, I and L as 1. */
export const recoveryLetters = (typed: string): string =>
	typed
		.toUpperCase()
		.replace(/[\s\p{Dash}]/gu, '')
		.replace(/O/g, '0')
		.replace(/[IL]/g, '1');

/** Reads what a person typed: any case, spaces and dashes ignored, O read as 0, I and L as 1. */
export function parseRecoveryCode(typed: string): Result<RecoveryCode, RecoveryCodeError> {
	const letters = recoveryLetters(typed);
	if (letters.length !== RECOVERY_CODE_LENGTH) return err({ type: 'wrong-length' });
	const code = letters.slice(0, CODE_LENGTH);
	if (![...code].every((character) => ALPHABET.includes(character))) return err({ type: 'wrong-character' });
	if (checkSymbol(code as RecoveryCode) !== letters.slice(CODE_LENGTH)) return err({ type: 'wrong-check' });
	return ok(code as RecoveryCode);
}

/** The age key pair the recovery store is sealed to. Devices keep only its public part. */
export const recoveryBoxKey = (code: RecoveryCode): BoxKey => boxKeyOf(deriveKey(utf8(code), 'hl/recovery/box/1'));

/** What the relay knows the recovery store by. */
export const recoveryLookupId = (code: RecoveryCode): string =>
	toBase64url(deriveKey(utf8(code), 'hl/recovery/id/1', 16));

/**
 * What only the code's holder can have said. The recipient is public, so a store that merely opens proves nothing: anybody
 * could have sealed another identity to it (threat model S1).
 */
export const recoveryProof = (code: RecoveryCode, statement: Uint8Array): Uint8Array =>
	mac(deriveKey(utf8(code), 'hl/recovery/proof/1'), statement);
