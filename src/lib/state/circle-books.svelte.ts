/** The books of one circle as the screens read them: observations by measure, and the care contacts' marks. */
import type { Change } from '$lib/domain/change';
import { isMeasureKind, type MeasureKind } from '$lib/domain/measures';
import type { MeasuringSeries } from '$lib/domain/measuring-series';
import type { Observation, RemovedObservation } from '$lib/domain/observation';
import type { AdjustmentUse } from '$lib/domain/plan/adjustment';
import { unitedPulses } from '$lib/domain/pulse';
import type { BookId, IdentityId } from '$lib/protocol/ids';
import type { Receipt } from '$lib/protocol/entries';
import type { Stated } from '$lib/protocol/project';
import { projectAdjustments } from '$lib/protocol/project-adjustments';
import { projectChanges } from '$lib/protocol/project-changes';
import { memberAtIn } from '$lib/protocol/member-at';
import { projectSeries } from '$lib/protocol/project-series';
import type { LocalStore } from '$lib/storage/local-store';
import type { StoredFrame } from '$lib/storage/record';
import { kindOf, nameOf, readableBooks, type CircleAccess } from '$lib/sync/circle-access';
import { OpenBook } from '$lib/sync/open-book';
import type { PlanBook } from './circle-view';
import { whenIdle } from './idle';

/** A care contact's mark with who made it, newest first. */
export interface SeenReceipt {
	readonly outcome: Receipt['outcome'];
	readonly at: number;
	/** The name the contact signed with, else the member's name in the roster. */
	readonly name: string | null;
	readonly next: string | null;
	/** The member who made it. */
	readonly by: IdentityId;
	/** The newest measurement each measure had when it was made, as UTC milliseconds. */
	readonly until: Readonly<Partial<Record<MeasureKind, number>>>;
}

export class CircleBooks {
	readonly #store: LocalStore;
	#books = new Map<BookId, OpenBook>();
	#observations = $state.raw<ReadonlyMap<string, readonly Observation[]>>(new Map());
	#removed = $state.raw<ReadonlyMap<string, readonly RemovedObservation[]>>(new Map());
	#receipts = $state.raw<readonly SeenReceipt[]>([]);
	#heard = $state.raw<ReadonlyMap<IdentityId, number>>(new Map());
	#series = $state.raw<readonly MeasuringSeries[]>([]);
	#changes = $state.raw<readonly Change[]>([]);
	#adjustments = $state.raw<readonly AdjustmentUse[]>([]);
	#plan = $state.raw<PlanBook | null>(null);
	#toKeep = new Set<OpenBook>();

	constructor(store: LocalStore) {
		this.#store = store;
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

	/** Taken out of view, oldest measurement first. */
	removed(kind: string): readonly RemovedObservation[] {
		return this.#removed.get(kind) ?? [];
	}

	/** Opens every book this device may read, or reads on in those that are open. */
	async open(access: CircleAccess): Promise<void> {
		const begun = new Set((await this.#store.heads(access.chain.circle)).map((head) => head.book));
		const books = readableBooks(access);
		for (const { book, kind } of books)
			if (!begun.has(book) && !this.#books.has(book)) {
				const empty = OpenBook.empty(this.#store, access, book, kind);
				this.#books.set(book, empty);
				this.#show(access, empty);
			}
		await this.readOn(
			access,
			books.map(({ book }) => book).filter((book) => begun.has(book))
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

	async #readOn(access: CircleAccess, id: BookId): Promise<void> {
		const kind = kindOf(access, id);
		if (!kind) return;
		const known = this.#books.get(id);
		if (known) await known.readOn(access);
		const book = known ?? (await OpenBook.open(this.#store, access, id, kind));
		this.#books.set(id, book);
		this.#show(access, book);
	}

	#show(access: CircleAccess, book: OpenBook): void {
		if (book.kind === 'medicines') this.#showMedicines(book.beside);
		if (book.kind === 'plan') this.#plan = { stated: book.beside, memberAt: memberAtIn(access.chain) };
		if (book.kind === 'bloodPressure') this.#series = projectSeries(book.beside);
		if (book.kind === 'log') this.#showLog(access, book);
		else this.#showReadings(book);
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

	#showReadings({ kind, observations, removed }: OpenBook): void {
		if (this.recorded(kind) !== observations)
			this.#observations = new Map([...this.#observations, [kind, observations]]);
		if (this.removed(kind) !== removed) this.#removed = new Map([...this.#removed, [kind, removed]]);
	}

	/** For the next start; a book that changes again before that is kept once. */
	async #keepLater(book: OpenBook): Promise<void> {
		if (this.#toKeep.has(book)) return;
		this.#toKeep.add(book);
		await whenIdle();
		this.#toKeep.delete(book);
		await book.keep();
	}
}

const receiptsIn = (book: OpenBook, access: CircleAccess): SeenReceipt[] =>
	book.beside
		.flatMap(({ entry, author }) => (entry.kind === 'receipt' ? [toReceipt(entry, author, access)] : []))
		.sort((a, b) => b.at - a.at);

function heardIn(stated: readonly Stated[]): ReadonlyMap<IdentityId, number> {
	const heard = new Map<IdentityId, number>();
	for (const { entry, author } of stated)
		if (entry.kind === 'heartbeat' || entry.kind === 'receipt')
			heard.set(author, Math.max(entry.at, heard.get(author) ?? 0));
	return heard;
}

const toReceipt = (entry: Receipt, by: IdentityId, access: CircleAccess): SeenReceipt => ({
	outcome: entry.outcome,
	at: entry.at,
	name: entry.name ?? nameOf(access, by),
	next: entry.next ?? null,
	by,
	until: Object.fromEntries(
		(entry.seen ?? []).flatMap(({ book, until }) => {
			const kind = kindOf(access, book);
			return kind && isMeasureKind(kind) ? [[kind, until]] : [];
		})
	)
});
