/** Setting the lock and everything that changes it, one act at a time. What was typed stays until it has led somewhere. */
import { passphraseProblem } from '$lib/domain/passphrase';
import { err, ok, type Result } from '$lib/domain/result';
import type { App } from '$lib/state/app.svelte';
import {
	addPasskey,
	browserLockTools,
	chooseLock,
	readWays,
	removeWay,
	setPassphrase,
	takeLockOff,
	type LockTools,
	type LockWay
} from '$lib/state/locking';
import { FIRST_LOCK_CHOICES, type LockChoices } from '$lib/storage/keyring';
import type { LockProblem } from '$lib/ui/lock-words';

/** What was just done, to be said. */
export type LockDone =
	'set' | 'changed' | 'changed-without-passkey' | 'passkey-added' | 'passkey-removed' | 'taken-off';
export type LockAct = 'passphrase' | 'passkey' | 'off' | 'choices';

export class LockFlow {
	readonly #app: App;
	readonly #tools: LockTools;
	passphrase = $state('');
	again = $state('');
	/** As chosen for a lock that is not set yet. */
	choices: LockChoices = $state.raw(FIRST_LOCK_CHOICES);
	ways: readonly LockWay[] = $state.raw([]);
	problem: LockProblem | null = $state.raw(null);
	done: LockDone | null = $state.raw(null);
	working: LockAct | null = $state(null);
	isChanging = $state(false);
	/** Counts what was done. */
	acts = $state(0);

	constructor(app: App, tools: LockTools = browserLockTools) {
		[this.#app, this.#tools] = [app, tools];
	}

	get passkeys(): readonly (LockWay & { readonly kind: 'passkey' })[] {
		return this.ways.flatMap((way) => (way.kind === 'passkey' ? [way] : []));
	}

	get canAddPasskey(): boolean {
		return this.#tools.passkeys.isPossible();
	}

	async readWays(): Promise<void> {
		this.ways = await readWays(this.#app.session);
	}

	/** The lock's passphrase, for the first time or a new one. */
	async setPassphrase(): Promise<void> {
		const isNew = this.#app.lock === null;
		await this.#act('passphrase', async () => {
			const wrong = passphraseProblem(this.passphrase) ?? (this.passphrase === this.again ? null : 'not-same');
			if (wrong) return err({ type: wrong });
			const { session } = this.#app;
			const set = await setPassphrase(session, this.#tools, this.passphrase, this.passkeys);
			if (!set.ok) return set;
			const chosen = isNew ? await chooseLock(session, this.choices) : ok(undefined);
			if (!chosen.ok) return chosen;
			this.passphrase = this.again = '';
			this.isChanging = false;
			return ok(isNew ? 'set' : set.value.keepsPasskey ? 'changed' : 'changed-without-passkey');
		});
	}

	async addPasskey(name: string): Promise<void> {
		await this.#act('passkey', async () => {
			const added = await addPasskey(this.#app.session, this.#tools, name);
			return added.ok ? ok('passkey-added') : added;
		});
	}

	async remove(way: LockWay): Promise<void> {
		await this.#act('passkey', async () => {
			const removed = await removeWay(this.#app.session, way);
			return removed.ok ? ok(removed.value ? 'passkey-removed' : null) : removed;
		});
	}

	async takeOff(): Promise<void> {
		await this.#act('off', async () => {
			const off = await takeLockOff(this.#app.session);
			return off.ok ? ok('taken-off') : off;
		});
	}

	async choose(change: Partial<LockChoices>): Promise<void> {
		const before = this.#app.lock;
		if (!before) return void (this.choices = { ...this.choices, ...change });
		await this.#act('choices', async () => {
			const chosen = await chooseLock(this.#app.session, { ...before, ...change });
			return chosen.ok ? ok(null) : chosen;
		});
	}

	cancelChange(): void {
		this.isChanging = false;
		this.passphrase = this.again = '';
		this.problem = null;
	}

	async #act(
		act: LockAct,
		work: () => Promise<Result<LockDone | null, { readonly type: LockProblem }>>
	): Promise<void> {
		if (this.working) return;
		[this.working, this.problem, this.done] = [act, null, null];
		const done = await work();
		if (done.ok) {
			this.done = done.value;
			this.acts += 1;
			await this.readWays();
		} else this.problem = done.error.type;
		this.working = null;
	}
}
