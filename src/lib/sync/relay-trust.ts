/**
 * What this device has reason to doubt of what the relay shows, over one session (docs/protocol.md 11). Doubt never takes
 * anything away: it makes the device look again, send again what the relay lacks, and tell the person.
 */
import { err, ok, type Result } from '$lib/domain/result';
import type { CircleHead, Heads } from '$lib/protocol/api/heads';
import { holderOf } from '$lib/protocol/holder';
import { idBytes, type BookId, type CircleId, type IdentityId } from '$lib/protocol/ids';
import { parseManifest } from '$lib/protocol/manifest';
import type { CircleKeys, DeviceKeys } from '$lib/storage/keyring';
import type { LocalStore } from '$lib/storage/local-store';
import type { BringBackDeps } from './bring-back';
import type { SyncError } from './engine';
import { concernsAll } from './outbox';
import type { PulledBooks } from './pull-books';

type Outcome = Result<void, SyncError>;

const wentBack = (circle: CircleId): Outcome => err({ type: 'relay-went-back', circle });

export class RelayTrust {
	readonly #store: LocalStore;
	readonly #now: () => number;
	/** Circles in which the relay does not show what it has acknowledged. */
	readonly #unshown = new Set<CircleId>();
	/** Circles in which somebody was shown another history. */
	readonly #forked = new Set<CircleId>();
	/** The person has been told that the relay is behind, and it has not been in order since. */
	#isTold = false;
	/** How far others say they have read. */
	readonly #claims = new Map<BookId, number>();

	constructor(store: LocalStore, now: () => number) {
		this.#store = store;
		this.#now = now;
	}

	/** A relay that no longer knows a circle of the person's own, or one they hold for somebody, or shows less of a book than others have read in it. */
	check({ circles }: Heads, known: readonly CircleKeys[], identity: IdentityId): Outcome {
		const shown = new Set(circles.map((head) => head.circle));
		const lost = known.find(
			(keys) => keys.published && !keys.erased && !shown.has(keys.circle) && isAnsweredFor(keys, identity)
		);
		const withheld = circles.find(({ books }) => books.some(({ book, pos }) => pos < (this.#claims.get(book) ?? 0)));
		const doubted = lost ?? withheld;
		return doubted ? wentBack(doubted.circle) : ok(undefined);
	}

	/**
	 * Takes in what was found while a circle was pulled. MR12: what was acknowledged must be seen where it was said to be; true
	 * when it is not.
	 */
	async note({ circle, books }: CircleHead, { evidence, heads }: PulledBooks): Promise<boolean> {
		for (const [book, pos] of evidence.claims) this.#claims.set(book, Math.max(pos, this.#claims.get(book) ?? 0));
		if (evidence.isForked) this.#forked.add(circle);
		// Where this device has never written nothing of its own can be missing.
		if (heads.every(({ hash }) => hash === null)) return false;
		const missing = await this.#store.places.missingNewest(circle);
		const isMissing = books.some(({ book }) => missing.has(book));
		if (isMissing) this.#unshown.add(circle);
		return isMissing;
	}

	/**
	 * Looks again when anything is in doubt, also when the relay says itself that it was restored, and brings back what it
	 * lacks. `problem` is what the pull came to; what is found is told in its place when it came to nothing.
	 */
	async settle(deps: BringBackDeps, device: DeviceKeys, { incarnation }: Heads, problem: Outcome): Promise<Outcome> {
		// One circle's refusal is not another's: what is in doubt there is looked at all the same.
		if (!problem.ok && concernsAll(problem.error)) return problem;
		const before = await this.#store.places.incarnation();
		if (before === null) await this.#store.places.saveIncarnation(incarnation);
		const isRestored = before !== null && before !== incarnation;
		const [forked] = this.#forked;
		const isBehind = !problem.ok && problem.error.type === 'relay-went-back';
		if (!isBehind && !isRestored && !forked && this.#unshown.size === 0) {
			if (problem.ok) this.#isTold = false;
			return problem;
		}
		const { bringBack } = await import('./bring-back');
		const brought = await bringBack(deps, device);
		for (const each of [this.#unshown, this.#forked, this.#claims]) each.clear();
		if (!brought.ok) return problem.ok ? brought : problem;
		const { circle, identity, frames } = brought.value;
		const told = problem.ok ? (circle ?? forked) : null;
		const isNew = isBehind && !this.#isTold;
		this.#isTold ||= isBehind;
		if (isNew || told || identity || frames > 0)
			await this.#store.updateCare((care) => ({
				...care,
				lost: { at: this.#now(), frames: frames + (care.lost?.frames ?? 0) }
			}));
		return told ? wentBack(told) : problem;
	}
}

/** One's own, or held by this identity for somebody: nobody else could have ended it. */
function isAnsweredFor({ standing, manifests }: CircleKeys, identity: IdentityId): boolean {
	const head = standing === 'joined' ? parseManifest(idBytes(manifests.at(-1) ?? '')) : null;
	return standing === 'mine' || (head !== null && holderOf(head.body)?.identity === identity);
}

/** The relay does not let this device in. */
export const isTurnedAway = (result: Outcome): boolean =>
	!result.ok && result.error.type === 'refused' && result.error.code === 'unauthorized';
