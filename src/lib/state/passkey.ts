/**
 * Passkeys as a way into the app lock: WebAuthn's PRF extension gives the same 32 bytes for the same input each time the
 * person lets it, and nothing of it leaves the device. No relay is asked; nobody checks a signature, since what opens the
 * lock is the key itself. Source: WebAuthn Level 3, 10.1.4.
 */
import { concat, toBase64url, type RandomBytes } from '$lib/crypto/bytes';
import { err, ok, type Result } from '$lib/domain/result';

export type PasskeyError =
	/** The person did not go through with it, or the browser found no passkey to ask for. Browsers do not tell which. */
	| { readonly type: 'passkey-unused' }
	/** It was there, and gives no key: an older device, browser or password manager. */
	| { readonly type: 'passkey-without-key' };

export interface PasskeyPlace {
	readonly credential: Uint8Array;
	/** Input of the PRF extension. */
	readonly salt: Uint8Array;
}

export interface PasskeyAnswer extends PasskeyPlace {
	/** 32 secret bytes. */
	readonly prf: Uint8Array;
}

/** What the lock needs of passkeys. */
export interface Passkeys {
	/** Whether this browser may have passkeys that give keys. */
	isPossible(): boolean;
	/** Makes one for this device's lock. `name` is what password managers show. */
	create(name: string, salt: Uint8Array): Promise<Result<PasskeyAnswer, PasskeyError>>;
	/** Asks for one of these. */
	use(places: readonly PasskeyPlace[]): Promise<Result<PasskeyAnswer, PasskeyError>>;
}

const TIMEOUT_MS = 120_000;
const PRF_LENGTH = 32;
/** Ed25519, ES256, RS256: what authenticators have. Its signatures are never looked at. */
const ALGORITHMS = [-8, -7, -257];

export function browserPasskeys(random: RandomBytes): Passkeys {
	const passkeys: Passkeys = {
		isPossible: () => typeof PublicKeyCredential !== 'undefined' && isSecureContext,
		create: (name, salt) =>
			asked(async () => {
				const made = await navigator.credentials.create({
					publicKey: {
						rp: { name },
						user: { id: buffer(random(16)), name, displayName: name },
						challenge: buffer(random(32)),
						pubKeyCredParams: ALGORITHMS.map((alg) => ({ type: 'public-key', alg })),
						authenticatorSelection: { residentKey: 'preferred', userVerification: 'required' },
						timeout: TIMEOUT_MS,
						extensions: { prf: { eval: { first: buffer(salt) } } }
					}
				});
				const answer = answerOf(made, [salt]);
				if (answer.ok || !isEnabled(made)) return answer;
				// Many give their first key only when they are used.
				return passkeys.use([{ credential: idOf(made), salt }]);
			}),
		use: (places) =>
			asked(async () => {
				const used = await navigator.credentials.get({
					publicKey: {
						challenge: buffer(random(32)),
						allowCredentials: places.map(({ credential }) => ({ type: 'public-key', id: buffer(credential) })),
						userVerification: 'required',
						timeout: TIMEOUT_MS,
						extensions: {
							prf: {
								evalByCredential: Object.fromEntries(
									places.map(({ credential, salt }) => [toBase64url(credential), { first: buffer(salt) }])
								)
							}
						}
					}
				});
				const id = toBase64url(idOf(used));
				const place = places.find(({ credential }) => toBase64url(credential) === id);
				return answerOf(used, place ? [place.salt] : []);
			})
	};
	return passkeys;
}

/** A browser that refuses, times out or is told no by the person throws, and says nothing that a person could use. */
async function asked(
	ask: () => Promise<Result<PasskeyAnswer, PasskeyError>>
): Promise<Result<PasskeyAnswer, PasskeyError>> {
	try {
		return await ask();
	} catch {
		return err({ type: 'passkey-unused' });
	}
}

function answerOf(credential: Credential | null, [salt]: readonly Uint8Array[]): Result<PasskeyAnswer, PasskeyError> {
	const first = salt && prfOf(credential)?.results?.first;
	const prf = first && bytesOf(first);
	if (!salt || prf?.length !== PRF_LENGTH) return err({ type: 'passkey-without-key' });
	return ok({ credential: idOf(credential), salt, prf });
}

const isEnabled = (credential: Credential | null): boolean => prfOf(credential)?.enabled === true;

const prfOf = (credential: Credential | null) =>
	credential instanceof PublicKeyCredential ? credential.getClientExtensionResults().prf : undefined;

const idOf = (credential: Credential | null): Uint8Array =>
	credential instanceof PublicKeyCredential ? new Uint8Array(credential.rawId) : new Uint8Array();

const bytesOf = (source: BufferSource): Uint8Array =>
	ArrayBuffer.isView(source)
		? new Uint8Array(source.buffer, source.byteOffset, source.byteLength).slice()
		: new Uint8Array(source).slice();

/** Bytes with a buffer of their own, as WebAuthn takes them. */
const buffer = (bytes: Uint8Array): Uint8Array<ArrayBuffer> => concat(bytes) as Uint8Array<ArrayBuffer>;
