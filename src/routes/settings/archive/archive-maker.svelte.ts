/** Making an archive: what it is locked with, the wait, and the finished file to keep. */
import { passphraseProblem, type PassphraseProblem } from '$lib/domain/passphrase';
import type { App } from '$lib/state/app.svelte';
import { ageWork, recoveryRecipient } from '$lib/state/backup';
import { makeArchive, type MadeArchive, type MakeArchiveError } from '$lib/state/archive/making';
import { readableFiles } from './readable';

export type MakeProblem = PassphraseProblem | 'not-same' | MakeArchiveError['type'] | 'failed';

export class ArchiveMaker {
	readonly #app: App;
	lock = $state<'passphrase' | 'code'>('passphrase');
	passphrase = $state('');
	again = $state('');
	problem: MakeProblem | null = $state.raw(null);
	isMaking = $state(false);
	made: MadeArchive | null = $state.raw(null);
	#stop = new AbortController();

	constructor(app: App) {
		this.#app = app;
		if (app.device.hasRecovery) this.lock = 'code';
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
		const { session, own } = this.#app;
		if (!own) return 'no-circle';
		const pub = this.lock === 'code' ? await recoveryRecipient(session) : null;
		const made = await makeArchive(
			session,
			ageWork(this.#stop.signal),
			pub ? { kind: 'recipient', pub } : { kind: 'passphrase', passphrase: this.passphrase },
			readableFiles(own, session.now())
		);
		if (made.ok) this.made = made.value;
		return made.ok ? null : made.error.type;
	}

	#passphraseProblem(): MakeProblem | null {
		return passphraseProblem(this.passphrase) ?? (this.passphrase === this.again ? null : 'not-same');
	}
}
