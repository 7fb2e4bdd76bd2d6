/** Reading a backup file in: the file, what opens it, what it would add, and the adding. */
import type { RecoveryCodeError } from '$lib/crypto/recovery-code';
import type { AgeKey, AgeLock } from '$lib/crypto/age-file';
import { lockOf } from '$lib/exchange/backup/file';
import type { App } from '$lib/state/app.svelte';
import {
	planRestore,
	readBackup,
	restoreBackup,
	type Backup,
	type BackupFileError,
	type Merge
} from '$lib/state/backup';
import type { SaveError } from '$lib/state/circle-view';
import { ageKey } from '../age-key';

export type ReadProblem = BackupFileError | RecoveryCodeError | SaveError | { readonly type: 'failed' };

export type ReadStep =
	| { readonly type: 'file' }
	| { readonly type: 'key'; readonly lock: AgeLock['kind'] }
	| { readonly type: 'preview'; readonly backup: Backup; readonly merge: Merge }
	| { readonly type: 'adding'; readonly done: number; readonly total: number }
	| { readonly type: 'done'; readonly merge: Merge; readonly isStopped: boolean };

export class BackupReader {
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
		const lock = lockOf(this.#file);
		if (lock.ok) this.step = { type: 'key', lock: lock.value };
		else this.problem = lock.error;
	}

	/** Opens and checks all of it. Nothing is added yet; what was typed stays until it has opened the file. */
	async open(lock: AgeLock['kind']): Promise<void> {
		if (this.isOpening) return;
		this.problem = null;
		const key = ageKey(lock, this.typed);
		if (!key.ok) {
			this.problem = key.error;
			return;
		}
		this.isOpening = true;
		this.#stop = new AbortController();
		await this.#open(key.value).catch(() => {
			if (!this.#stop.signal.aborted) this.problem = { type: 'failed' };
		});
		this.isOpening = false;
	}

	async #open(key: AgeKey): Promise<void> {
		const read = await readBackup(key, this.#file, this.#stop.signal);
		if (!read.ok) {
			this.problem = read.error;
			return;
		}
		const merge = await planRestore(this.#app.session, read.value);
		this.typed = '';
		this.step = { type: 'preview', backup: read.value, merge };
	}

	async add(merge: Merge): Promise<void> {
		const own = this.#app.own;
		if (!own) return;
		this.#stop = new AbortController();
		const { signal } = this.#stop;
		const total = merge.add.reduce((sum, { entries }) => sum + entries.length, 0);
		this.step = { type: 'adding', done: 0, total };
		const added = await restoreBackup(own, merge, signal, (done) => (this.step = { type: 'adding', done, total }));
		if (!added.ok) this.problem = added.error;
		this.step = added.ok ? { type: 'done', merge, isStopped: signal.aborted } : { type: 'file' };
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
