/** Beginning a circle for somebody else: who it is for, who holds it, and that the person wants it. */
import type { App } from '$lib/state/app.svelte';
import { beginFor } from '$lib/state/holding';
import type { StorageError } from '$lib/storage/errors';

export class BeginFlow {
	readonly #app: App;
	person = $state('');
	holder = $state('');
	hasAgreed = $state(false);
	/** What is missing before it can begin; told beside its field. */
	missing = $state.raw<ReadonlySet<'person' | 'holder' | 'agreed'>>(new Set());
	isBusy = $state(false);
	error = $state.raw<StorageError | null>(null);

	constructor(app: App) {
		this.#app = app;
		this.holder = app.own?.ownName ?? '';
	}

	/** Begins, and shows the circle. False: something is missing, or it could not be kept, and `error` says why. */
	async begin(): Promise<boolean> {
		const [person, holder] = [this.person.trim(), this.holder.trim()];
		const lacking = [
			person === '' && ('person' as const),
			holder === '' && ('holder' as const),
			!this.hasAgreed && ('agreed' as const)
		].filter((each) => each !== false);
		this.missing = new Set(lacking);
		if (lacking.length > 0 || this.isBusy) return false;
		this.isBusy = true;
		const begun = await beginFor(this.#app.session, { person, holder });
		this.error = begun.ok ? null : begun.error;
		if (begun.ok) {
			await this.#app.circleChanged(begun.value);
			this.#app.select(begun.value);
		}
		this.isBusy = false;
		return begun.ok;
	}
}
