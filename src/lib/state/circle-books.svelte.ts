/** The books of one circle as the screens read them: observations by measure, and the care contacts' marks. */
import type { BookKind } from '$lib/domain/books';
import type { Change } from '$lib/domain/change';
import { isMeasureKind, type MeasureKind } from '$lib/domain/measures';
import type { MeasuringSeries } from '$lib/domain/measuring-series';
import type { Observation, RemovedObservation } from '$lib/domain/observation';
import type { AdjustmentUse } from '$lib/domain/plan/adjustment';
import { unitedPulses } from '$lib/domain/pulse';
import type { BookId, DeviceId, IdentityId } from '$lib/protocol/ids';
import type { Receipt } from '$lib/protocol/entries';
import type { Stated } from '$lib/protocol/project';
import { projectAdjustments } from '$lib/protocol/project-adjustments';
import { projectChanges } from '$lib/protocol/project-changes';
import { memberAtIn } from '$lib/protocol/member-at';
import { projectSeries } from '$lib/protocol/project-series';
import type { HeadRow } from '$lib/storage/database';
import type { LocalStore } from '$lib/storage/local-store';
import type { StoredFrame } from '$lib/storage/record';
import { kindOf, nameOf, readableBooks, type CircleAccess } from '$lib/sync/circle-access';
import { OpenBook } from '$lib/sync/open-book';
import type { PlanBook } from './circle-view';
import type { ContinuedBook } from './continued-book';
import type { EarlierHistory } from './earlier-history';
import { whenIdle } from './idle';
import { deceivedBy, missingOf } from './shared-from';

/** A care contact's mark with who made it, newest first. */
export interface SeenReceipt {
	readonly outcome: Receipt['outcome'];
	readonly at: number;
	/** The name the contact signed with, else the member's name in the roster. */
	readonly name: string | null;
	readonly next: string | null;
	/** The member who made it, and on which device. */
	readonly by: IdentityId;
	readonly device: DeviceId;
	/** The newest measurement each measure had when it was made, as UTC milliseconds. */
	readonly until: Readonly<Partial<Record<MeasureKind, number>>>;
}

export class CircleBooks {
	readonly #store: LocalStore;
	readonly #isKept: boolean;
	#books = new Map<BookId, OpenBook>();
	#observations = $state.raw<ReadonlyMap<string, readonly Observation[]>>(new Map());
	#removed = $state.raw<ReadonlyMap<string, readonly RemovedObservation[]>>(new Map());
	#receipts = $state.raw<readonly SeenReceipt[]>([]);
	#heard = $state.raw<ReadonlyMap<IdentityId, number>>(new Map());
	#series = $state.raw<readonly MeasuringSeries[]>([]);
	#changes = $state.raw<readonly Change[]>([]);
	#changesHere = $state.raw<readonly Change[]>([]);
	#adjustments = $state.raw<readonly AdjustmentUse[]>([]);
	#plan = $state.raw<PlanBook | null>(null);
	#missing = $state.raw<ReadonlyMap<string, 'partial' | 'closed'>>(new Map());
	#deceived = $state.raw<readonly string[]>([]);
	#toKeep = new Set<OpenBook>();
	#earlier = $state.raw<EarlierHistory | null>(null);
	/** Measures that go on from earlier circles. */
	#continued = new Map<string, ContinuedBook>();

	/** `isKept` false: a look with somebody else's eyes, which leaves nothing for the next start. */
	constructor(store: LocalStore, isKept = true) {
		this.#store = store;
		this.#isKept = isKept;
	}

	/** What was given of a book from a day on, and has not all come or does not open. */
	missingOf(kind: string): 'partial' | 'closed' | null {
		return this.#missing.get(kind) ?? null;
	}

	/** Members to whom values were handed over that are not those that stand here (MR13). */
	get deceived(): readonly string[] {
		return this.#deceived;
	}

	/** What this circle goes on from; null for one that began here. */
	get earlier(): EarlierHistory | null {
		return this.#earlier;
	}

	/** The newest measurement of each book that may be read, as a mark names it. */
	newestIn(access: CircleAccess): { book: BookId; until: number }[] {
		return readableBooks(access).flatMap(({ book, kind }) => {
			const last = this.recorded(kind).at(-1);
			return last ? [{ book, until: last.effective.utc }] : [];
		});
	}

	/** Receipts in the circle's log, newest first. */
	get receipts(): readonly SeenReceipt[] {
		return this.#receipts;
	}

	/** When a member's app last said in the circle's log that it is in touch; undefined when it never has. */
	heardFrom(member: IdentityId): number | undefined {
		return this.#heard.get(member);
	}

	/** Series of home blood pressures, oldest first. */
	get series(): readonly MeasuringSeries[] {
		return this.#series;
	}

	/** Medicines and other changes that stand, by day. */
	get changes(): readonly Change[] {
		return this.#changes;
	}

	/** Those of them that stand in this circle's own book. */
	get changesHere(): readonly Change[] {
		return this.#changesHere;
	}

	/** Bounded self-adjustments that were made, oldest first. */
	get adjustments(): readonly AdjustmentUse[] {
		return this.#adjustments;
	}

	/** Null until a plan book has been opened. */
	get plan(): PlanBook | null {
		return this.#plan;
	}

	get hasAnything(): boolean {
		return [...this.#observations.values()].some((list) => list.length > 0);
	}

	readonly #pulses = $derived(
		unitedPulses(this.#observations.get('pulse') ?? [], this.#observations.get('bloodPressure') ?? [])
	);

	observations(measure: MeasureKind): readonly Observation[] {
		return measure === 'pulse' ? this.#pulses : this.recorded(measure);
	}

	/** What stands in the book of this kind itself. */
	recorded(kind: string): readonly Observation[] {
		return this.#observations.get(kind) ?? [];
	}

	/** What the circle's own book holds, without earlier history: what somebody who is let in can be given. */
	recordedHere(kind: string): readonly Observation[] {
		return [...this.#books.values()].find((book) => book.kind === kind)?.observations ?? [];
	}

	/** Taken out of view, oldest measurement first. */
	removed(kind: string): readonly RemovedObservation[] {
		return this.#removed.get(kind) ?? [];
	}

	/** Every entry of a book that counts; in order, but for what has come since it was read. */
	statedIn(kind: BookKind): readonly Stated[] {
		return [...this.#books.values()].find((book) => book.kind === kind)?.stated ?? [];
	}

	/**
	 * Opens every book this device may read, or reads on in those that are open. `heads`: where the circle's books stand;
	 * `earlier`: what the circle goes on from.
	 */
	async open(access: CircleAccess, heads: readonly HeadRow[], earlier: EarlierHistory | null = null): Promise<void> {
		const isOther = earlier !== this.#earlier;
		if (isOther) this.#continued.clear();
		this.#earlier = earlier;
		const begun = new Map(heads.map((head) => [head.book, head]));
		const books = readableBooks(access);
		for (const { book, kind } of books)
			if (!begun.has(book) && (isOther || !this.#books.has(book))) {
				const empty = OpenBook.empty(this.#store, access, book, kind);
				this.#books.set(book, empty);
				this.#show(access, empty);
			}
		await Promise.all(
			books.flatMap(({ book }) => {
				const head = begun.get(book);
				return head ? [this.#readOn(access, book, head)] : [];
			})
		);
	}

	/** Takes in what came to these books. Of different books the slices take turns. */
	async readOn(access: CircleAccess, books: readonly BookId[]): Promise<void> {
		await Promise.all(books.map((book) => this.#readOn(access, book)));
	}

	/** Shows frames that were just written here. */
	async take(access: CircleAccess, written: readonly StoredFrame[]): Promise<void> {
		for (const id of new Set(written.map(({ frame }) => frame.header.book))) {
			const book = this.#books.get(id);
			const isTaken = book?.take(written.filter(({ frame }) => frame.header.book === id));
			if (book && isTaken) this.#show(access, book);
			else await this.#readOn(access, id);
		}
	}

	async #readOn(access: CircleAccess, id: BookId, head: HeadRow | null = null): Promise<void> {
		const kind = kindOf(access, id);
		if (!kind) return;
		const known = this.#books.get(id);
		if (known) await known.readOn(access, head);
		const book = known ?? (await OpenBook.open(this.#store, access, id, kind, head));
		this.#books.set(id, book);
		this.#show(access, book);
	}

	#show(access: CircleAccess, book: OpenBook): void {
		const earlier = this.#earlier;
		const beside = () => earlier?.beside(book.kind, book.beside) ?? book.beside;
		const memberAt = memberAtIn(access.chain);
		if (book.kind === 'medicines') {
			this.#showMedicines(beside());
			this.#changesHere = earlier ? projectChanges(book.beside) : this.#changes;
		}
		if (book.kind === 'plan') this.#plan = { stated: beside(), memberAt: earlier?.memberAt(memberAt) ?? memberAt };
		if (book.kind === 'bloodPressure') this.#series = projectSeries(beside());
		if (book.kind === 'log') this.#showLog(access, book);
		else this.#showReadings(book);
		this.#showGrants(access, book);
		void this.#keepLater(book);
	}

	#showMedicines(stated: readonly Stated[]): void {
		this.#changes = projectChanges(stated);
		this.#adjustments = projectAdjustments(stated);
	}

	#showLog(access: CircleAccess, book: OpenBook): void {
		this.#receipts = receiptsIn(book, access);
		this.#heard = heardIn(book.beside);
	}

	#showGrants(access: CircleAccess, book: OpenBook): void {
		const missing = missingOf(access, book);
		if (missing !== this.missingOf(book.kind)) {
			const others = [...this.#missing].filter(([kind]) => kind !== book.kind);
			this.#missing = new Map(missing ? [...others, [book.kind, missing]] : others);
		}
		const deceived = deceivedBy(access, this.#books.values());
		if (deceived.join() !== this.#deceived.join()) this.#deceived = deceived;
	}

	#showReadings(book: OpenBook): void {
		const { kind } = book;
		const { observations, removed } = this.#continue(book) ?? book;
		if (this.recorded(kind) !== observations)
			this.#observations = new Map([...this.#observations, [kind, observations]]);
		if (this.removed(kind) !== removed) this.#removed = new Map([...this.#removed, [kind, removed]]);
	}

	#continue({ kind, stated }: OpenBook): ContinuedBook | null {
		const continued = this.#continued.get(kind) ?? this.#earlier?.continued(kind) ?? null;
		if (continued) this.#continued.set(kind, continued);
		continued?.take(stated);
		return continued;
	}

	/** For the next start, all that changes until there is time for it. */
	async #keepLater(book: OpenBook): Promise<void> {
		if (!this.#isKept) return;
		const isPlanned = this.#toKeep.size > 0;
		this.#toKeep.add(book);
		if (isPlanned) return;
		await whenIdle();
		const books = [...this.#toKeep];
		this.#toKeep.clear();
		await OpenBook.keep(this.#store, books);
	}
}

/** The marks in a circle's log, newest first. */
export const receiptsIn = (book: OpenBook, access: CircleAccess): SeenReceipt[] =>
	book.beside
		.flatMap(({ entry, author, device }) =>
			entry.kind === 'receipt' ? [toReceipt(entry, { by: author, device }, access)] : []
		)
		.sort((a, b) => b.at - a.at);

function heardIn(stated: readonly Stated[]): ReadonlyMap<IdentityId, number> {
	const heard = new Map<IdentityId, number>();
	for (const { entry, author } of stated)
		if (entry.kind === 'heartbeat' || entry.kind === 'receipt')
			heard.set(author, Math.max(entry.at, heard.get(author) ?? 0));
	return heard;
}

const toReceipt = (
	entry: Receipt,
	{ by, device }: Pick<SeenReceipt, 'by' | 'device'>,
	access: CircleAccess
): SeenReceipt => ({
	outcome: entry.outcome,
	at: entry.at,
	name: entry.name ?? nameOf(access, by),
	next: entry.next ?? null,
	by,
	device,
	until: Object.fromEntries(
		(entry.seen ?? []).flatMap(({ book, until }) => {
			const kind = kindOf(access, book);
			return kind && isMeasureKind(kind) ? [[kind, until]] : [];
		})
	)
});
