/**
 * Handing a held circle over: what happens, the recovery code (the first time anything leaves the device), the link. Nothing is
 * handed over by it: that takes the person's answer, and then one more yes here.
 */
import { must } from '$lib/domain/assert';
import type { App } from '$lib/state/app.svelte';
import { makeInvite } from '$lib/state/circle-members';
import type { CircleState } from '$lib/state/circle-state.svelte';
import { NewCode } from '$lib/state/new-code.svelte';
import { setRecoveryCode } from '$lib/state/sharing';
import type { StorageError } from '$lib/storage/errors';

export type HandOverStep = 'look' | 'code' | 'repeat';

export class HandOverFlow {
	readonly #app: App;
	readonly #circle: CircleState;
	step = $state<HandOverStep>('look');
	/** Made when data leaves this device for the first time. */
	newCode: NewCode | null = $state.raw(null);
	isBusy = $state(false);
	error = $state.raw<StorageError | { readonly type: 'circle-full' } | null>(null);

	constructor(app: App, circle: CircleState) {
		this.#app = app;
		this.#circle = circle;
	}

	/** The code first where there is none; true when the link can be made. */
	goOn(): boolean {
		if (this.#app.device.hasRecovery) return true;
		this.newCode ??= new NewCode(this.#app.session.random);
		this.step = 'code';
		return false;
	}

	/** The code is on paper: asks two groups back. */
	codeWritten(): void {
		this.newCode?.ask();
		this.step = 'repeat';
	}

	/** True when the two groups were right. */
	confirmRepeat(): boolean {
		return this.newCode?.confirm() === true;
	}

	/** Makes the invitation into the person's place; the value is its public key. Null: it failed, and `error` says why. */
	async invite(): Promise<string | null> {
		this.isBusy = true;
		const made = await this.#invite();
		this.isBusy = false;
		this.error = typeof made === 'string' ? null : made;
		return typeof made === 'string' ? made : null;
	}

	async #invite(): Promise<string | NonNullable<HandOverFlow['error']>> {
		const { session } = this.#app;
		if (!this.#app.device.hasRecovery) {
			const on = await setRecoveryCode(session, must(this.newCode, 'the code was shown before').code);
			if (!on.ok) return on.error;
		}
		const made = await makeInvite(session, must(this.#circle.access, 'a held circle is open'), {
			name: this.#circle.personName ?? '',
			relation: '',
			role: 'owner',
			rights: new Map(),
			ownName: this.#circle.ownName ?? ''
		});
		return made.ok ? made.value : made.error;
	}
}
