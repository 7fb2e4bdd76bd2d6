/** Circles that are here and that the relay no longer shows: whether their owner has said that they are erased. */
import { ok, type Result } from '$lib/domain/result';
import type { Heads } from '$lib/protocol/api/heads';
import type { CircleId } from '$lib/protocol/ids';
import type { LocalStore } from '$lib/storage/local-store';
import type { SyncError } from './engine';
import type { LeavingDeps } from './leaving';

/** How often one is asked after, once the first answer was no word. */
const ASK_AGAIN_MS = 3_600_000;

export class MissingCircles {
	readonly #store: LocalStore;
	readonly #now: () => number;
	#askAfter = new Map<CircleId, number>();

	constructor(store: LocalStore, now: () => number) {
		this.#store = store;
		this.#now = now;
	}

	/** Asks at once when a circle has vanished, then now and again. Most devices never do. */
	async ask({ circles }: Heads, deps: LeavingDeps): Promise<Result<void, SyncError>> {
		const now = this.#now();
		const shown = new Set(circles.map((head) => head.circle));
		const vanished = (await (await this.#store.panel()).circleIds()).filter(
			(circle) => !shown.has(circle) && now >= (this.#askAfter.get(circle) ?? 0)
		);
		const rows = await Promise.all(vanished.map((circle) => this.#store.readCircle(circle)));
		const missing = rows.flatMap((row) => (row?.published && !row.erased && row.keys.length > 0 ? [row] : []));
		if (missing.length === 0) return ok(undefined);
		const { readErasures } = await import('./leaving');
		const read = await readErasures(deps, missing);
		if (read.ok) for (const { circle } of missing) this.#askAfter.set(circle, now + ASK_AGAIN_MS);
		return read;
	}
}
