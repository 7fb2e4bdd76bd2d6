/**
 * Getting everything back, one step at a time: the code, the search, what comes, done. The code stays in its field until it
 * has led somewhere; what has begun goes on, also after the app was closed.
 */
import { parseRecoveryCode, type RecoveryCode, type RecoveryCodeError } from '$lib/crypto/recovery-code';
import type { Result } from '$lib/domain/result';
import type { StorageError } from '$lib/storage/errors';
import type { FindError, FoundIdentity, Restored, RestoreError } from '$lib/state/restoring';

export type RestoreStep =
	| { readonly type: 'code' }
	| { readonly type: 'looking' }
	| { readonly type: 'bringing'; readonly done: number; readonly total: number }
	/** Stopped by the person, or by what `error` says; goes on from where it was. */
	| { readonly type: 'paused'; readonly error: RestoreError | null }
	| { readonly type: 'done'; readonly restored: Restored };

export type RestoreProblem =
	| RecoveryCodeError
	| FindError
	| StorageError
	| { readonly type: 'overtaken' }
	/** Something was saved here meanwhile, e.g. in another tab: it must not be lost. */
	| { readonly type: 'not-empty' };

/** What the flow does to the device and asks of the relay. */
export interface RestoreActs {
	/** True while nothing of the person's own lies on this device. */
	readonly isEmpty: () => Promise<boolean>;
	readonly lookUp: (code: RecoveryCode, signal: AbortSignal) => Promise<Result<FoundIdentity, FindError>>;
	readonly begin: (found: FoundIdentity) => Promise<Result<void, StorageError>>;
	readonly bringBack: (
		signal: AbortSignal,
		onProgress: (progress: { readonly done: number; readonly total: number }) => void
	) => Promise<Result<Restored, RestoreError>>;
	readonly isNothingSent: () => Promise<boolean>;
	readonly takeBack: () => Promise<void>;
}

export class RestoreFlow {
	readonly #acts: RestoreActs;
	typed = $state('');
	step: RestoreStep = $state.raw({ type: 'code' });
	problem: RestoreProblem | null = $state.raw(null);
	#stop = new AbortController();

	constructor(acts: RestoreActs) {
		this.#acts = acts;
	}

	async start(): Promise<void> {
		this.problem = null;
		const code = parseRecoveryCode(this.typed);
		if (!code.ok) return this.#fail(code.error);
		this.#stop = new AbortController();
		const { signal } = this.#stop;
		this.step = { type: 'looking' };
		const found = await this.#acts.lookUp(code.value, signal);
		if (signal.aborted) return this.#fail(null);
		if (!found.ok) return this.#fail(found.error);
		if (!(await this.#acts.isEmpty())) return this.#fail({ type: 'not-empty' });
		const begun = await this.#acts.begin(found.value);
		if (!begun.ok) return this.#fail(begun.error);
		await this.#bring(signal);
	}

	/** Goes on with what was interrupted. */
	async resume(): Promise<void> {
		this.#stop = new AbortController();
		await this.#bring(this.#stop.signal);
	}

	/** Stops. As long as the relay has not been told, everything is as it was before; after that it is a pause. */
	cancel(): void {
		this.#stop.abort();
	}

	/** Gives up what has come to this device, and asks for the code again. The code goes on working. */
	async giveUp(): Promise<void> {
		await this.#acts.takeBack();
		this.#fail(null);
	}

	async #bring(signal: AbortSignal): Promise<void> {
		this.step = { type: 'bringing', done: 0, total: 0 };
		const brought = await this.#acts.bringBack(signal, (progress) => {
			if (!signal.aborted) this.step = { type: 'bringing', ...progress };
		});
		if (brought.ok) {
			this.typed = '';
			this.step = { type: 'done', restored: brought.value };
		} else if (brought.error.type === 'overtaken' || (signal.aborted && (await this.#acts.isNothingSent()))) {
			await this.#acts.takeBack();
			this.#fail(brought.error.type === 'overtaken' ? { type: 'overtaken' } : null);
		} else this.step = { type: 'paused', error: signal.aborted ? null : brought.error };
	}

	/** Back to the code, as it was typed. */
	#fail(problem: RestoreProblem | null): void {
		this.problem = problem;
		this.step = { type: 'code' };
	}
}
