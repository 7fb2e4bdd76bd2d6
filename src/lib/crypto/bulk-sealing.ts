/**
 * AES-256-GCM by the platform, for what is large, derived and sealed outside any transaction: a megabyte opens in a
 * millisecond, where the synchronous cipher of `sealing.ts` needs 40 in a page that has just started. Nonces are random and
 * few: one each time a cache is written.
 */
import { concat, type RandomBytes } from './bytes';
import { deriveKey } from './hash';

const NONCE = 12;
const TAG = 16;
const USE = 'hl/local/bulk/1';

/** A key for bulk sealing, derived from another. Null where the platform has no WebCrypto or makes no keys: then nothing is kept. */
export class BulkKey {
	readonly #key: CryptoKey;

	private constructor(key: CryptoKey) {
		this.#key = key;
	}

	static async from(secret: Uint8Array): Promise<BulkKey | null> {
		const subtle = globalThis.crypto?.subtle as SubtleCrypto | undefined;
		if (!subtle) return null;
		const raw = deriveKey(secret, USE) as Uint8Array<ArrayBuffer>;
		try {
			return new BulkKey(await subtle.importKey('raw', raw, 'AES-GCM', false, ['encrypt', 'decrypt']));
		} catch {
			return null;
		}
	}

	/** `nonce 12 ‖ ciphertext ‖ tag 16`. */
	async seal(aad: Uint8Array, plaintext: Uint8Array, random: RandomBytes): Promise<Uint8Array> {
		const nonce = random(NONCE);
		const sealed = await crypto.subtle.encrypt(parameters(nonce, aad), this.#key, plaintext as Uint8Array<ArrayBuffer>);
		return concat(nonce, new Uint8Array(sealed));
	}

	/** The plaintext, or null when key, associated data or bytes are not the ones that were sealed. */
	async open(aad: Uint8Array, box: Uint8Array): Promise<Uint8Array | null> {
		if (box.length < NONCE + TAG) return null;
		try {
			const sealed = box.subarray(NONCE) as Uint8Array<ArrayBuffer>;
			return new Uint8Array(await crypto.subtle.decrypt(parameters(box.subarray(0, NONCE), aad), this.#key, sealed));
		} catch {
			return null;
		}
	}
}

const parameters = (iv: Uint8Array, aad: Uint8Array): AesGcmParams => ({
	name: 'AES-GCM',
	iv: iv as Uint8Array<ArrayBuffer>,
	additionalData: aad as Uint8Array<ArrayBuffer>
});
