/** Erasing: what is at stake, whether this device alone may be emptied, and the decision to erase everything. */
import { unreachable } from '$lib/domain/assert';
import { m } from '$lib/i18n/paraglide/messages';
import type { App } from '$lib/state/app.svelte';
import { decideToErase, eraseFacts, mayEraseHere, type EraseError, type EraseFacts } from '$lib/state/erasing';

export class EraseFlow {
	readonly #app: App;
	/** Null until it is counted. */
	facts = $state.raw<EraseFacts | null>(null);
	typed = $state('');
	isWrong = $state(false);
	busy = $state<'sending' | 'deciding' | null>(null);
	error = $state.raw<EraseError | null>(null);

	constructor(app: App) {
		this.#app = app;
	}

	async count(): Promise<void> {
		this.facts = await eraseFacts(this.#app.session);
	}

	get mayEraseHere(): boolean {
		return this.facts !== null && mayEraseHere(this.facts);
	}

	/** Tries to send what waits, and looks again. */
	async send(): Promise<void> {
		this.busy = 'sending';
		await this.#app.session.sync();
		await this.count();
		this.busy = null;
	}

	/** Everything goes, when the word was typed. The app then only shows how far it has come. */
	async decide(): Promise<void> {
		this.isWrong = this.typed.trim().toLocaleUpperCase() !== m.erase_word();
		if (this.isWrong || this.busy) return;
		this.busy = 'deciding';
		const { session, circles, patients, signature } = this.#app;
		const decided = await decideToErase(session, patients?.each() ?? circles, signature);
		this.busy = null;
		if (!decided.ok) {
			this.error = decided.error;
			return;
		}
		session.announce({ type: 'erased' });
		this.#app.stepAsideToErase();
	}
}

export function eraseErrorWords(error: EraseError, isBegun: boolean): string {
	switch (error.type) {
		case 'unreachable':
			return isBegun ? m.erasing_waits_begun() : m.erasing_waits_kept();
		case 'refused':
			return m.erasing_refused();
		case 'storage-full':
		case 'newer-app':
		case 'storage-unavailable':
		case 'locked':
		case 'wiped':
		case 'failed':
			return m.erase_storage();
		default:
			return unreachable(error);
	}
}
