/** One circle, open on this device: what the screens read and what they can do. */
import type { BookKind } from '$lib/domain/books';
import { err, ok, type Result } from '$lib/domain/result';
import { isMeasureKind, measureKinds, measures, type MeasureKind } from '$lib/domain/measures';
import type { HomeBpProtocol } from '$lib/domain/home-bp-protocol';
import type { Change, ChangeDraft } from '$lib/domain/change';
import { inSeries, type MeasuringSeries } from '$lib/domain/measuring-series';
import type { Observation, ObservationDraft } from '$lib/domain/observation';
import { unitedPulses } from '$lib/domain/pulse';
import type { LocalDate } from '$lib/domain/time';
import type { Access, Role } from '$lib/domain/rights';
import type { Identity } from '$lib/protocol/identity-log';
import { newId, type BookId, type CircleId, type EntryId, type IdentityId } from '$lib/protocol/ids';
import { inFrames, type Entry, type ObsAdd, type Receipt } from '$lib/protocol/entries';
import { accessOf, memberOf } from '$lib/protocol/manifest';
import { projectObservations } from '$lib/protocol/project';
import { projectChanges } from '$lib/protocol/project-changes';
import { projectSeries } from '$lib/protocol/project-series';
import { StorageAbort } from '$lib/storage/errors';
import type { StoredFrame } from '$lib/storage/local-store';
import { BookReader } from '$lib/sync/book-reader';
import { bookOfKind, kindOf, nameOf, personOf, readableBooks, type CircleAccess } from '$lib/sync/circle-access';
import { writeContext } from '$lib/sync/engine';
import { rosterPerson } from '$lib/sync/membership';
import type { CircleView, Durability, SaveError } from './circle-view';
import type { Session } from './session';

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

export interface OtherMember {
	readonly identity: string;
	readonly role: Role;
	readonly name: string;
	/** The unit a contact works at, or what a relative is to the person. */
	readonly relation: string | null;
	readonly phone: string | null;
	/** When they usually look, in their own words. */
	readonly hours: string | null;
}

type Batches = readonly (readonly [MeasureKind | 'medicines' | 'log', readonly Entry[]])[];

export class CircleState implements CircleView {
	readonly #session: Session;
	#id = $state<CircleId | null>(null);
	#access = $state.raw<CircleAccess | null>(null);
	#observations = $state.raw<ReadonlyMap<string, readonly Observation[]>>(new Map());
	#series = $state.raw<readonly MeasuringSeries[]>([]);
	#changes = $state.raw<readonly Change[]>([]);
	#receipts = $state.raw<readonly SeenReceipt[]>([]);
	#waiting = $state(0);
	#isBackedUp = $state(false);
	#frames = new Map<BookId, StoredFrame[]>();
	#reader = new BookReader();

	/** `id` null: the person's own circle, made at the first save. */
	constructor(session: Session, id: CircleId | null) {
		this.#session = session;
		this.#id = id;
	}

	get id(): string {
		return this.#id ?? 'new';
	}

	get access(): CircleAccess | null {
		return this.#access;
	}

	get mine(): boolean {
		return this.#id === null || this.#access?.keys.standing === 'mine';
	}

	get role(): Role | null {
		return this.#id === null ? 'owner' : (this.#access?.member?.role ?? null);
	}

	get standing(): 'mine' | 'invited' | 'joined' | 'declined' {
		return this.#access?.keys.standing ?? 'mine';
	}

	get personName(): string | null {
		return this.#access ? nameOf(this.#access, personOf(this.#access).identity) : null;
	}

	get durability(): Durability {
		if (!this.#isBackedUp) return { type: 'here' };
		return this.#waiting > 0 ? { type: 'sending', waiting: this.#waiting } : { type: 'backed-up' };
	}

	/** The identity of the person the circle is about. */
	get person(): Identity | null {
		const access = this.#access;
		return access?.identities.get(personOf(access).identity) ?? null;
	}

	/** When this device's identity was let in, by the record that did it. */
	get memberSince(): number | null {
		const me = this.#access?.member?.identity;
		return (me && this.#access?.chain.records.find(({ body }) => memberOf(body, me))?.body.at) ?? null;
	}

	/** Receipts in the circle's log, newest first. */
	get receipts(): readonly SeenReceipt[] {
		return this.#receipts;
	}

	/** Everyone in the circle but this device's own identity, as the roster names them. */
	get others(): readonly OtherMember[] {
		const access = this.#access;
		if (!access) return [];
		return access.chain.head.body.members
			.filter(({ identity }) => identity !== access.member?.identity)
			.map(({ identity, role }) => {
				const person = rosterPerson(access, identity);
				return {
					identity,
					role,
					name: person?.name ?? '',
					relation: person?.relation ?? null,
					phone: person?.phone ?? null,
					hours: person?.hours ?? null
				};
			});
	}

	/** Care contacts and helper units in the circle. */
	get contacts(): readonly OtherMember[] {
		return this.others.filter((member) => member.role === 'careContact' || member.role === 'helper');
	}

	/** What a member may do with a measure; null when they do not hold it. */
	accessOf(identity: string, measure: MeasureKind): Access | null {
		const book = this.#bookOf(measure);
		const member = this.#access?.chain.head.body.members.find((each) => each.identity === identity);
		return book ? accessOf(member, book) : null;
	}

	/** Measures this device may read here. */
	get measures(): MeasureKind[] {
		return measureKinds.filter(
			(kind) => this.#id === null || accessOf(this.#access?.member, this.#bookOf(kind) ?? ('' as BookId)) !== null
		);
	}

	get hasAnything(): boolean {
		return (
			this.#series.length > 0 ||
			this.#changes.length > 0 ||
			[...this.#observations.values()].some((list) => list.length > 0)
		);
	}

	readonly #pulses = $derived(
		unitedPulses(this.#observations.get('pulse') ?? [], this.#observations.get('bloodPressure') ?? [])
	);

	observations(measure: MeasureKind): readonly Observation[] {
		return measure === 'pulse' ? this.#pulses : (this.#observations.get(measure) ?? []);
	}

	get series(): readonly MeasuringSeries[] {
		return this.#series;
	}

	get changes(): readonly Change[] {
		return this.#changes;
	}

	canWrite(kind: MeasureKind | 'medicines'): boolean {
		if (this.#id === null) return true;
		const book = this.#bookOf(kind);
		return book !== null && accessOf(this.#access?.member, book) === 'w';
	}

	async record(draft: ObservationDraft): Promise<Result<string, SaveError>> {
		const entry = this.#toEntry(draft);
		const saved = await this.#append([[draft.measure, [entry]]]);
		return saved.ok ? ok(entry.id) : saved;
	}

	/** Many at once, e.g. from a file: sealed in as few frames as fit. Stops at the first part that cannot be saved. */
	async recordMany(drafts: readonly ObservationDraft[]): Promise<Result<void, SaveError>> {
		for (const measure of new Set(drafts.map((draft) => draft.measure))) {
			const entries = drafts.filter((draft) => draft.measure === measure).map((draft) => this.#toEntry(draft));
			for (const part of inFrames(entries)) {
				const saved = await this.#append([[measure, part]]);
				if (!saved.ok) return saved;
			}
		}
		return ok(undefined);
	}

	/** Begins a series of home blood pressures on a day. The value is its id. */
	async startSeries(protocol: HomeBpProtocol, start: LocalDate): Promise<Result<string, SaveError>> {
		const id = newId<EntryId>(this.#session.random);
		const entry: Entry = { kind: 'series.start', v: 1, id, protocol, start, at: this.#session.now() };
		const saved = await this.#append([['bloodPressure', [entry]]]);
		return saved.ok ? ok(id) : saved;
	}

	/** Ends a series before its days have passed; its readings stay. */
	endSeries(series: string): Promise<Result<void, SaveError>> {
		const id = newId<EntryId>(this.#session.random);
		const entry: Entry = { kind: 'series.end', v: 1, id, target: series as EntryId, at: this.#session.now() };
		return this.#append([['bloodPressure', [entry]]]);
	}

	/** An edit is a void and a new change in one frame. */
	async noteChange({ type, day, name, from, to }: ChangeDraft, replaces?: string): Promise<Result<string, SaveError>> {
		const id = newId<EntryId>(this.#session.random);
		const dose = { ...(from ? { from } : {}), ...(to ? { to } : {}) };
		const entry: Entry = { kind: 'change.add', v: 1, id, type, day, name, ...dose };
		const before = replaces === undefined ? [] : [this.#changeVoid(replaces, 'replaced')];
		const saved = await this.#append([['medicines', [...before, entry]]]);
		return saved.ok ? ok(id) : saved;
	}

	voidChange(id: string, reason: 'undo' | 'mistake'): Promise<Result<void, SaveError>> {
		return this.#append([['medicines', [this.#changeVoid(id, reason)]]]);
	}

	#changeVoid(target: string, reason: 'undo' | 'mistake' | 'replaced'): Entry {
		const id = newId<EntryId>(this.#session.random);
		return { kind: 'change.void', v: 1, id, target: target as EntryId, reason };
	}

	#toEntry(draft: ObservationDraft): ObsAdd {
		const { measure, values, effective, source, context, note } = inSeries(draft, this.#series);
		const units = measures[measure].fields
			.filter((field) => field.key in values)
			.map((field) => [field.key, field.unit]);
		return {
			kind: 'obs.add',
			v: 1,
			id: newId<EntryId>(this.#session.random),
			measure,
			values: { ...values },
			units: Object.fromEntries(units) as Record<string, string>,
			effective: { ...effective },
			source: { ...source },
			...(context ? { context: { ...context } } : {}),
			...(note ? { note } : {})
		};
	}

	async voidObservation(id: string, reason: 'undo' | 'mistake'): Promise<Result<void, SaveError>> {
		const measure = measureKinds.find((kind) => this.#observations.get(kind)?.some((each) => each.id === id));
		if (!measure) return ok(undefined);
		const entry = {
			kind: 'obs.void' as const,
			v: 1 as const,
			id: newId<EntryId>(this.#session.random),
			target: id as EntryId,
			reason
		};
		return this.#append([[measure, [entry]]]);
	}

	/** The care contact's mark in the log; shown to the person. */
	mark(outcome: Receipt['outcome'], name: string | null): Promise<Result<void, SaveError>> {
		const seen = readableBooks(this.#access as CircleAccess).flatMap(({ book, kind }) => {
			const last = this.#observations.get(kind)?.at(-1);
			return last ? [{ book, until: last.effective.utc }] : [];
		});
		const entry: Receipt = {
			kind: 'receipt',
			v: 1,
			id: newId<EntryId>(this.#session.random),
			outcome,
			at: this.#session.now(),
			...(name ? { name } : {}),
			...(outcome === 'seen' ? { seen } : {})
		};
		return this.#append([['log', [entry]]]);
	}

	/** One frame a book, all in one transaction. A device that cannot even be read is told as one that cannot be written. */
	async #append(batches: Batches): Promise<Result<void, SaveError>> {
		try {
			return await this.#seal(batches);
		} catch (error) {
			if (error instanceof StorageAbort) return err(error.reason);
			throw error;
		}
	}

	async #seal(batches: Batches): Promise<Result<void, SaveError>> {
		const opened = this.#access ? ok(this.#access) : await this.#begin();
		if (!opened.ok) return opened;
		const access = opened.value;
		const device = await this.#session.device();
		const books = batches.flatMap(([kind, entries]) => {
			const book = bookOfKind(access, kind);
			return book ? [{ book, entries }] : [];
		});
		// The circle is open here, so its keys were: somebody has emptied the database since.
		if (!device) return err({ type: 'wiped' });
		if (books.length !== batches.length) return err({ type: 'not-allowed' });
		const frames = await this.#session.store.append(writeContext(access, device, this.#session.relay.skewMs), books);
		if (!frames.ok) return frames;
		for (const frame of frames.value) {
			const { book } = frame.header;
			this.#frames.set(book, [...(this.#frames.get(book) ?? []), { frame, verified: true, pos: 0 }]);
			this.#project(access, book);
			this.#waiting += 1;
		}
		this.#session.announce({
			type: 'changed',
			circle: access.chain.circle,
			keys: false,
			books: books.map(({ book }) => book)
		});
		this.#session.announce({ type: 'outbox' });
		return ok(undefined);
	}

	/** The first save: identity and circle are made on this device, without asking anybody. */
	async #begin(): Promise<Result<CircleAccess, SaveError>> {
		const circle = await this.#session.ensureOwnCircle();
		if (!circle.ok) return circle;
		this.#id = circle.value;
		await this.load();
		return this.#access ? ok(this.#access) : err({ type: 'storage-unavailable' });
	}

	/** Reads the circle and every book this device may open. */
	async load(): Promise<void> {
		const access = this.#id ? await this.#session.openCircle(this.#id) : null;
		this.#access = access;
		if (!access) return;
		for (const { book } of readableBooks(access)) await this.#read(access, book);
		await this.refreshDurability();
	}

	/** Reads again what another tab or the relay changed. */
	async reload(change: { readonly keys: boolean; readonly books: readonly BookId[] }): Promise<void> {
		if (change.keys || !this.#access) return this.load();
		for (const book of change.books) await this.#read(this.#access, book);
		await this.refreshDurability();
	}

	async refreshDurability(): Promise<void> {
		const device = await this.#session.device();
		this.#waiting = this.#id ? (await this.#session.store.outbox(this.#id)).length : 0;
		this.#isBackedUp = device?.relayOn === true && device.recovery !== null && this.#access?.keys.published === true;
	}

	async #read(access: CircleAccess, book: BookId): Promise<void> {
		this.#frames.set(book, await this.#session.store.frames(access.chain.circle, book));
		this.#project(access, book);
	}

	#project(access: CircleAccess, book: BookId): void {
		const kind = kindOf(access, book);
		if (!kind) return;
		const { accepted } = this.#reader.accept(access, book, kind, this.#frames.get(book) ?? []);
		if (kind === 'log') {
			this.#receipts = accepted
				.flatMap(({ author, batch }) =>
					batch.entries.flatMap((entry) => (entry.kind === 'receipt' ? [toReceipt(entry, author, access)] : []))
				)
				.sort((a, b) => b.at - a.at);
			return;
		}
		if (kind === 'medicines') {
			this.#changes = projectChanges(accepted);
			return;
		}
		if (kind === 'bloodPressure') this.#series = projectSeries(accepted);
		this.#observations = new Map([...this.#observations, [kind, projectObservations(accepted)]]);
	}

	#bookOf(kind: BookKind): BookId | null {
		return this.#access ? bookOfKind(this.#access, kind) : null;
	}
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
