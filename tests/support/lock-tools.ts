/** What a lock needs of the browser, without one: passphrases cost nothing, and passkeys lie in a drawer. */
import { concat, toBase64url, utf8 } from '$lib/crypto/bytes';
import { sha256 } from '$lib/crypto/hash';
import { err, ok } from '$lib/domain/result';
import type { LockTools } from '$lib/state/locking';
import type { PasskeyError } from '$lib/state/passkey';

export class TestLockTools implements LockTools {
	/** Passkeys that can be used, by id. */
	readonly drawer = new Map<string, Uint8Array>();
	/** What happens when one is asked for, in place of its use. */
	refuses: PasskeyError | null = null;
	/** The device has no memory left. */
	isWorn = false;
	#made = 0;

	readonly derive = (passphrase: string, salt: Uint8Array) =>
		Promise.resolve(this.isWorn ? null : sha256(concat(utf8(passphrase), salt)));

	readonly passkeys: LockTools['passkeys'] = {
		isPossible: () => true,
		create: (_, salt) => {
			if (this.refuses) return Promise.resolve(err(this.refuses));
			const credential = sha256(utf8(`passkey ${(this.#made += 1)}`));
			this.drawer.set(toBase64url(credential), sha256(credential));
			return this.passkeys.use([{ credential, salt }]);
		},
		use: (places) => {
			if (this.refuses) return Promise.resolve(err(this.refuses));
			for (const { credential, salt } of places) {
				const secret = this.drawer.get(toBase64url(credential));
				if (secret) return Promise.resolve(ok({ credential, salt, prf: sha256(concat(secret, salt)) }));
			}
			return Promise.resolve(err({ type: 'passkey-unused' }));
		}
	};
}
