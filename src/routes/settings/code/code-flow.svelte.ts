/** The recovery code by itself: made for the first time, made anew, or the paper tried against what this device knows. */
import { parseRecoveryCode, recoveryLookupId, type RecoveryCodeError } from '$lib/crypto/recovery-code';
import type { App } from '$lib/state/app.svelte';
import { NewCode } from '$lib/state/new-code.svelte';
import { setRecoveryCode } from '$lib/state/sharing';
import type { StorageError } from '$lib/storage/errors';

export type CodeStep = 'start' | 'shown' | 'repeat' | 'made' | 'try' | 'right';

export class CodeFlow {
	readonly #app: App;
	step: CodeStep = $state('start');
	newCode: NewCode | null = $state.raw(null);
	typed = $state('');
	tryError: RecoveryCodeError | { readonly type: 'other-code' } | null = $state.raw(null);
	saveError: StorageError | null = $state.raw(null);
	isSaving = $state(false);

	constructor(app: App) {
		this.#app = app;
	}

	make(): void {
		this.newCode ??= new NewCode(this.#app.session.random);
		this.step = 'shown';
	}

	written(): void {
		this.newCode?.ask();
		this.step = 'repeat';
	}

	/** From here on what is saved is backed up, and an earlier code stops working. */
	async confirm(): Promise<void> {
		if (!this.newCode?.confirm() || this.isSaving) return;
		this.isSaving = true;
		const saved = await setRecoveryCode(this.#app.session, this.newCode.code);
		if (saved.ok) await this.#app.session.store.updateCare((care) => ({ ...care, drilledAt: null, askAfter: null }));
		this.isSaving = false;
		this.saveError = saved.ok ? null : saved.error;
		if (saved.ok) this.step = 'made';
	}

	/** The whole code typed back, compared with what this device keeps of it: nothing leaves the device. */
	async tryCode(): Promise<void> {
		const code = parseRecoveryCode(this.typed);
		const device = await this.#app.session.device();
		if (!code.ok) this.tryError = code.error;
		else if (device?.recovery?.lookup !== recoveryLookupId(code.value)) this.tryError = { type: 'other-code' };
		else {
			await this.#app.session.store.updateCare((care) => ({ ...care, drilledAt: Date.now(), askAfter: null }));
			this.typed = '';
			this.step = 'right';
		}
	}
}
