/**
 * Whole files in the age format, as the `age` command reads and writes them: to a passphrase, or to a public key. A file from
 * outside is looked at before any work is done for it: its header can ask for hours and gigabytes (threat model S8).
 * Source: C2SP age v1.
 */
import { err, ok, type Result } from '$lib/domain/result';
import { ageIdentity, ageRecipient } from './boxes';

/** Cost of a passphrase, as a power of two: 128 MiB and about half a second on a computer, two on an old phone. */
const SCRYPT_LOG_N = 17;

export type AgeLock =
	| { readonly kind: 'passphrase'; readonly passphrase: string }
	| { readonly kind: 'recipient'; readonly pub: Uint8Array };

export type AgeKey =
	| { readonly kind: 'passphrase'; readonly passphrase: string }
	| { readonly kind: 'secret'; readonly secret: Uint8Array };

export type AgeHeaderError =
	/** Not an age file at all. */
	| { readonly type: 'not-age' }
	/** It asks for more work than any file of ours, or for more keys than anybody has. */
	| { readonly type: 'too-costly' };

export type AgeError =
	| AgeHeaderError
	| { readonly type: 'wrong-key' }
	/** The right key, and the bytes are not what was written: cut off or changed. */
	| { readonly type: 'damaged' };

const VERSION_LINE = 'age-encryption.org/v1';
const MAX_HEADER_BYTES = 16 * 1024;
const MAX_STANZAS = 20;

/** What opens the file, by its header alone. No key is derived. */
export function readAgeHeader(file: Uint8Array): Result<AgeLock['kind'], AgeHeaderError> {
	const text = new TextDecoder('latin1').decode(file.subarray(0, MAX_HEADER_BYTES));
	if (!text.startsWith(`${VERSION_LINE}\n`)) return err({ type: 'not-age' });
	const end = text.indexOf('\n---');
	const stanzas = text
		.slice(0, end < 0 ? undefined : end)
		.split('\n')
		.filter((line) => line.startsWith('-> '));
	if (stanzas.length > MAX_STANZAS) return err({ type: 'too-costly' });
	if (end < 0 || stanzas.length === 0) return err({ type: 'not-age' });
	const scrypt = stanzas.filter((line) => line.startsWith('-> scrypt'));
	if (scrypt.length === 0) return ok('recipient');
	const [, logN] = /^-> scrypt \S+ ([1-9]\d{0,2})$/.exec(scrypt[0] ?? '') ?? [];
	if (stanzas.length > 1 || logN === undefined) return err({ type: 'not-age' });
	return Number(logN) > SCRYPT_LOG_N ? err({ type: 'too-costly' }) : ok('passphrase');
}

/** A passphrase is the same however the keyboard composes its letters. */
const composed = (passphrase: string): string => passphrase.normalize('NFC');

export async function sealAgeFile(lock: AgeLock, plaintext: Uint8Array): Promise<Uint8Array> {
	const { Encrypter } = await import('age-encryption');
	const encrypter = new Encrypter();
	if (lock.kind === 'recipient') encrypter.addRecipient(ageRecipient(lock.pub));
	else {
		encrypter.setPassphrase(composed(lock.passphrase));
		encrypter.setScryptWorkFactor(SCRYPT_LOG_N);
	}
	return encrypter.encrypt(plaintext);
}

/** The whole plaintext, authenticated to its last byte, or why not. */
export async function openAgeFile(key: AgeKey, file: Uint8Array): Promise<Result<Uint8Array, AgeError>> {
	const header = readAgeHeader(file);
	if (!header.ok) return header;
	const { Decrypter } = await import('age-encryption');
	const decrypter = new Decrypter();
	if (key.kind === 'secret') decrypter.addIdentity(ageIdentity(key.secret));
	else decrypter.addPassphrase(composed(key.passphrase));
	try {
		return ok(await decrypter.decrypt(file));
	} catch (error) {
		// The library has no other way to tell the two apart.
		const isOther = error instanceof Error && error.message.startsWith('no identity matched');
		return err({ type: isOther ? 'wrong-key' : 'damaged' });
	}
}
