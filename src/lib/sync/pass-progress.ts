/** How far a pass has come, for a screen that shows it: frames that were away, and circles to be told of a removed device. */
import type { Heads } from '$lib/protocol/api/heads';
import { parseIdentityRecord } from '$lib/protocol/identity-log';
import { idBytes } from '$lib/protocol/ids';
import { memberOf, parseManifest } from '$lib/protocol/manifest';
import type { CircleKeys, DeviceKeys } from '$lib/storage/keyring';
import type { LocalStore } from '$lib/storage/local-store';

export interface Progress {
	readonly done: number;
	readonly total: number;
}

export interface ProgressDeps {
	readonly store: LocalStore;
	/** How many frames of those that were away have come, while they come. */
	readonly onProgress?: ((progress: Progress) => void) | undefined;
	/** How many of the circles that must be told of a removed device have been told. */
	readonly onRenewing?: ((progress: Progress) => void) | undefined;
}

export class PassProgress {
	readonly #deps: ProgressDeps;
	#pulled: Progress = { done: 0, total: 0 };
	#renewed: Progress = { done: 0, total: 0 };
	/** The removal every circle here was found to know of: they are not all read again in each pass for it. */
	#allTold = -1;

	constructor(deps: ProgressDeps) {
		this.#deps = deps;
	}

	async begin(heads: Heads, device: DeviceKeys): Promise<void> {
		this.#pulled = { done: 0, total: await this.#countMissing(heads) };
		this.#renewed = { done: 0, total: await this.#countUntold(heads, device) };
		if (this.#renewed.total > 0) this.#deps.onRenewing?.(this.#renewed);
	}

	pulled(count: number): void {
		this.#pulled = { ...this.#pulled, done: this.#pulled.done + count };
		this.#deps.onProgress?.(this.#pulled);
	}

	/** Everything is here, however it was counted before. */
	finish(): void {
		this.#deps.onProgress?.({ ...this.#pulled, done: this.#pulled.total });
	}

	renewed(): void {
		const { done, total } = this.#renewed;
		this.#renewed = { done: done + 1, total: Math.max(total, done + 1) };
		this.#deps.onRenewing?.(this.#renewed);
	}

	async #countMissing(heads: Heads): Promise<number> {
		if (!this.#deps.onProgress) return 0;
		const missing = heads.circles.flatMap(({ circle, books }) =>
			books.map(async ({ book, pos }) => Math.max(0, pos - (await this.#deps.store.head(circle, book)).pos))
		);
		return (await Promise.all(missing)).reduce((sum, count) => sum + count, 0);
	}

	/** By what each circle's newest record here knows of the own log: near enough for a count, and nothing is verified for it. */
	async #countUntold(heads: Heads, { log, identity }: DeviceKeys): Promise<number> {
		if (!this.#deps.onRenewing) return 0;
		const removed = log.findLastIndex((record) => parseIdentityRecord(idBytes(record))?.body.kind === 'removeDevice');
		if (removed < 0 || this.#allTold === removed) return 0;
		const shown = new Set(heads.circles.map((head) => head.circle));
		const knows = ({ manifests }: CircleKeys) => {
			const head = parseManifest(idBytes(manifests.at(-1) ?? ''))?.body;
			const member = head && memberOf(head, identity);
			return !member || member.idHead.n >= removed;
		};
		const untold = (await this.#deps.store.readCircles()).filter((row) => shown.has(row.circle) && !knows(row)).length;
		if (untold === 0) this.#allTold = removed;
		return untold;
	}
}
