/**
 * Opening the lock. What is typed stays in its field when it does not open, and nothing ever makes the owner wait: a guess
 * costs what the key costs to work out, on this device as on a thief's.
 */
import type { Result } from '$lib/domain/result';
import { keyOfPasskey, keyOfPassphrase, type LockError, type LockFacts, type LockTools } from '$lib/state/locking';
import type { Unlock } from '$lib/storage/unlocking';

export type UnlockProblem = LockError['type'] | 'empty' | 'wrong' | 'passkey-opens-nothing' | 'failed';

export class UnlockFlow {
	readonly #facts: LockFacts;
	readonly #tools: LockTools;
	readonly #open: (key: Unlock) => Promise<boolean>;
	passphrase = $state('');
	problem: UnlockProblem | null = $state.raw(null);
	working: 'passphrase' | 'passkey' | null = $state(null);

	/** `open`: false when the key opens nothing. */
	constructor(facts: LockFacts, tools: LockTools, open: (key: Unlock) => Promise<boolean>) {
		[this.#facts, this.#tools, this.#open] = [facts, tools, open];
	}

	get hasPassphrase(): boolean {
		return this.#facts.ways.some(({ kind }) => kind === 'passphrase');
	}

	get hasPasskey(): boolean {
		return this.#facts.ways.some(({ kind }) => kind === 'passkey');
	}

	/** Saves that nobody but this device has. */
	get waiting(): number {
		return this.#facts.waiting;
	}

	async byPassphrase(): Promise<void> {
		if (this.passphrase.trim() === '') {
			this.problem = 'empty';
			return;
		}
		await this.#try('passphrase', 'wrong', () => keyOfPassphrase(this.#facts, this.#tools, this.passphrase));
	}

	async byPasskey(): Promise<void> {
		await this.#try('passkey', 'passkey-opens-nothing', () => keyOfPasskey(this.#facts, this.#tools));
	}

	async #try(
		way: 'passphrase' | 'passkey',
		whenWrong: UnlockProblem,
		derive: () => Promise<Result<Unlock, LockError>>
	): Promise<void> {
		if (this.working) return;
		[this.working, this.problem] = [way, null];
		try {
			const key = await derive();
			if (!key.ok) this.problem = key.error.type;
			else if (!(await this.#open(key.value))) this.problem = whenWrong;
		} catch {
			// Whatever it was, the lock and all behind it stand as they did.
			this.problem = 'failed';
		}
		this.working = null;
	}
}
