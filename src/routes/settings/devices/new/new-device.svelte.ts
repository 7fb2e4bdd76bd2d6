/**
 * A device that wants in: shows its code, then six digits, and goes on when the person says that the other device has found
 * them the same. Until then nothing is kept on this device; a page that is left has never happened.
 */
import type { RandomBytes } from '$lib/crypto/bytes';
import type { Result } from '$lib/domain/result';
import type { PairingHello, PairingOffer } from '$lib/protocol/pairing';
import type { Space } from '$lib/storage/database';
import type { StorageError } from '$lib/storage/errors';
import type { DeviceKeys } from '$lib/storage/keyring';
import {
	createNewDevice,
	readAdmission,
	readOffer,
	reveal,
	sayHello,
	type NewDevice,
	type PairingError
} from '$lib/sync/pairing';
import type { RelayClient } from '$lib/sync/relay-client';

export type NewDeviceStep =
	| { readonly type: 'intro' }
	| { readonly type: 'making' }
	| { readonly type: 'code'; readonly code: NewDevice['code'] }
	| { readonly type: 'digits'; readonly digits: string }
	| { readonly type: 'asking' };

export type NewDeviceProblem =
	| PairingError
	| StorageError
	/** The other device said no. */
	| { readonly type: 'said-no' }
	/** The person said that the digits differ. */
	| { readonly type: 'stopped' }
	/** Something was saved here meanwhile, e.g. in another tab: it must not be lost. */
	| { readonly type: 'not-empty' };

export interface NewDeviceDeps {
	readonly relay: RelayClient;
	readonly random: RandomBytes;
	readonly now: () => number;
	readonly space: Space;
	readonly looksLike: PairingHello['looksLike'];
	/** Waits between two questions to the relay. */
	readonly pause: () => Promise<void>;
	/** Keeps the keys; `not-empty` where the device has become somebody's meanwhile. */
	readonly keep: (device: DeviceKeys) => Promise<Result<void, StorageError | { readonly type: 'not-empty' }>>;
}

/** Asked again after this: a moment without network is no answer. */
const isPassing = (error: NewDeviceProblem): boolean =>
	error.type === 'unreachable' || (error.type === 'refused' && error.code !== 'not-found');

export class NewDeviceFlow {
	readonly #deps: NewDeviceDeps;
	step: NewDeviceStep = $state.raw({ type: 'intro' });
	problem: NewDeviceProblem | null = $state.raw(null);
	/** Each attempt is a device of its own; what an earlier one still hears is nobody's. */
	#me: NewDevice | null = null;
	#offer: PairingOffer | null = null;

	constructor(deps: NewDeviceDeps) {
		this.#deps = deps;
	}

	/** Makes new keys and shows their code. */
	async start(): Promise<void> {
		const { relay, random } = this.#deps;
		const me = createNewDevice(this.#deps, this.#deps.looksLike);
		this.#me = me;
		this.problem = null;
		this.step = { type: 'making' };
		const said = await sayHello(relay, me, random);
		if (this.#me !== me) return;
		if (!said.ok) return this.#fail(said.error);
		this.step = { type: 'code', code: me.code };
		const answered = await this.#until(me, () => readOffer(relay, me));
		if (!answered) return;
		this.#offer = answered.offer;
		const digits = await this.#until(me, () => reveal(relay, me, answered.bytes, random));
		if (digits) this.step = { type: 'digits', digits };
	}

	/** The person has seen that the other device found the digits the same. */
	async confirm(): Promise<void> {
		const [me, offer] = [this.#me, this.#offer];
		if (!me || !offer) return;
		this.step = { type: 'asking' };
		const admission = await this.#until(me, async () => {
			const read = await readAdmission(this.#deps.relay, me, offer, this.#deps.now());
			return read.ok && read.value.type === 'waiting' ? { ok: true, value: null } : read;
		});
		if (admission?.type === 'no') return this.#fail({ type: 'said-no' });
		if (admission?.type !== 'in') return;
		const kept = await this.#deps.keep(admission.device);
		if (!kept.ok) this.#fail(kept.error);
	}

	/** The digits differ: this attempt is over, and its keys with it. */
	deny(): void {
		this.#fail({ type: 'stopped' });
	}

	/** The page is left. */
	stop(): void {
		this.#me = null;
	}

	/** Asks until there is an answer, or the attempt is over; null then. */
	async #until<T>(me: NewDevice, ask: () => Promise<Result<T | null, PairingError>>): Promise<T | null> {
		for (;;) {
			const answer = await ask();
			if (this.#me !== me) return null;
			if (!answer.ok && !isPassing(answer.error)) {
				this.#fail(answer.error);
				return null;
			}
			if (answer.ok && answer.value !== null) return answer.value;
			await this.#deps.pause();
			if (this.#me !== me) return null;
		}
	}

	#fail(problem: NewDeviceProblem): void {
		this.#me = null;
		this.#offer = null;
		this.problem = problem;
		this.step = { type: 'intro' };
	}
}
