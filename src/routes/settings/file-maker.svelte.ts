/** Making a locked file to keep, a backup or an archive: what it is locked with, the wait, and the finished file. */
import type { AgeLock } from '$lib/crypto/age-file';
import { passphraseProblem, type PassphraseProblem } from '$lib/domain/passphrase';
import type { Result } from '$lib/domain/result';
import type { App } from '$lib/state/app.svelte';
import { recoveryRecipient, type MadeFile, type MakeError } from '$lib/state/backup';

export type MakeProblem = PassphraseProblem | 'not-same' | MakeError['type'] | 'failed';

type Write = (lock: AgeLock, signal: AbortSignal) => Promise<Result<MadeFile, MakeError>>;

export class FileMaker {
	readonly #app: App;
	readonly #write: Write;
	lock = $state<'passphrase' | 'code'>('passphrase');
	passphrase = $state('');
	again = $state('');
	problem: MakeProblem | null = $state.raw(null);
	isMaking = $state(false);
	made: MadeFile | null = $state.raw(null);
	#stop = new AbortController();

	/** Proposes the person's own code where there is one, unless `lock` says what it is locked with. */
	constructor(app: App, write: Write, lock?: 'passphrase') {
		this.#app = app;
		this.#write = write;
		this.lock = lock ?? (app.device.hasRecovery ? 'code' : 'passphrase');
	}

	/** True when the file is made; what was typed is then forgotten. */
	async make(): Promise<boolean> {
		this.problem = this.lock === 'passphrase' ? this.#passphraseProblem() : null;
		if (this.problem || this.isMaking) return false;
		this.isMaking = true;
		this.#stop = new AbortController();
		this.problem = await this.#make().catch(() => (this.#stop.signal.aborted ? null : ('failed' as const)));
		this.isMaking = false;
		if (this.made) this.passphrase = this.again = '';
		return this.made !== null;
	}

	cancel(): void {
		this.#stop.abort();
	}

	async #make(): Promise<MakeProblem | null> {
		const pub = this.lock === 'code' ? await recoveryRecipient(this.#app.session) : null;
		const made = await this.#write(
			pub ? { kind: 'recipient', pub } : { kind: 'passphrase', passphrase: this.passphrase },
			this.#stop.signal
		);
		if (made.ok) this.made = made.value;
		return made.ok ? null : made.error.type;
	}

	#passphraseProblem(): MakeProblem | null {
		return passphraseProblem(this.passphrase) ?? (this.passphrase === this.again ? null : 'not-same');
	}
}
