/** Reading an archive in: the file, what opens it, what it is, and the reading in. */
import type { AgeKey, AgeLock } from '$lib/crypto/age-file';
import type { RecoveryCodeError } from '$lib/crypto/recovery-code';
import { archiveLock } from '$lib/exchange/archive/file';
import type { App } from '$lib/state/app.svelte';
import {
	attachArchive,
	planAttaching,
	readArchive,
	type AttachError,
	type AttachPlan,
	type ReadArchiveError,
	type VerifiedArchive
} from '$lib/state/archive/reading';
import { ageWork } from '$lib/state/backup';
import { ageKey } from '../age-key';

export type ReadProblem = ReadArchiveError | AttachError | RecoveryCodeError | { readonly type: 'failed' };

export type ReadStep =
	| { readonly type: 'file' }
	| { readonly type: 'key'; readonly lock: AgeLock['kind'] }
	| { readonly type: 'checking'; readonly done: number; readonly total: number }
	| { readonly type: 'preview'; readonly archive: VerifiedArchive; readonly plan: AttachPlan }
	| { readonly type: 'adding'; readonly done: number; readonly total: number }
	| { readonly type: 'done' };

export class ArchiveReader {
	readonly #app: App;
	step: ReadStep = $state.raw({ type: 'file' });
	problem: ReadProblem | null = $state.raw(null);
	typed = $state('');
	isOpening = $state(false);
	#file = new Uint8Array();
	#stop = new AbortController();

	constructor(app: App) {
		this.#app = app;
	}

	async choose(file: Blob): Promise<void> {
		this.problem = null;
		this.#file = new Uint8Array(await file.arrayBuffer());
		const lock = archiveLock(this.#file);
		if (lock.ok) this.step = { type: 'key', lock: lock.value };
		else this.problem = lock.error;
	}

	/** Opens and verifies all of it. Nothing is added yet; what was typed stays until it has opened the file. */
	async open(lock: AgeLock['kind']): Promise<void> {
		if (this.isOpening) return;
		const key = ageKey(lock, this.typed);
		this.problem = key.ok ? null : key.error;
		if (!key.ok) return;
		this.isOpening = true;
		this.#stop = new AbortController();
		const problem = await this.#open(key.value).catch(() => ({ type: 'failed' as const }));
		this.isOpening = false;
		if (!problem) return;
		this.step = { type: 'key', lock };
		this.problem = this.#stop.signal.aborted ? null : problem;
	}

	async #open(key: AgeKey): Promise<ReadProblem | null> {
		const { session, own } = this.#app;
		const read = await readArchive(session, ageWork(this.#stop.signal), key, this.#file, {
			signal: this.#stop.signal,
			onProgress: (done, total) => (this.step = { type: 'checking', done, total })
		});
		if (!read.ok) return read.error;
		const plan = await planAttaching(session, read.value, own?.hasAnything ?? false);
		this.typed = '';
		this.step = { type: 'preview', archive: read.value, plan };
		return null;
	}

	async add(archive: VerifiedArchive): Promise<void> {
		this.#stop = new AbortController();
		this.step = { type: 'adding', done: 0, total: 1 };
		const added = await attachArchive(this.#app.session, archive, {
			signal: this.#stop.signal,
			onProgress: (done, total) => (this.step = { type: 'adding', done, total })
		});
		if (added.ok) await this.#app.showEarlier();
		else this.problem = added.error;
		this.step = added.ok ? { type: 'done' } : { type: 'file' };
	}

	cancel(): void {
		this.#stop.abort();
	}

	startOver(): void {
		this.cancel();
		this.problem = null;
		this.typed = '';
		this.step = { type: 'file' };
	}
}
