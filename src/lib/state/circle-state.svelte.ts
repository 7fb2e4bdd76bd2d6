/**
 * One circle, open on this device: what the screens read and what they can do. Beyond 400 lines with its comments: it is the one
 * object behind `CircleView`, and each of its many members hands on in a line or two; what works is in the files it calls.
 */
import type { BookKind } from '$lib/domain/books';
import { err, ok, type Result } from '$lib/domain/result';
import { measureKinds, type MeasureKind } from '$lib/domain/measures';
import type { HomeBpProtocol } from '$lib/domain/home-bp-protocol';
import type { Change, ChangeDraft } from '$lib/domain/change';
import { inSeries, type MeasuringSeries } from '$lib/domain/measuring-series';
import type { Observation, ObservationDraft, RemovedObservation, VoidReason } from '$lib/domain/observation';
import type { LocalDate } from '$lib/domain/time';
import type { Access, Role } from '$lib/domain/rights';
import type { AdjustmentUse } from '$lib/domain/plan/adjustment';
import type { Identity } from '$lib/protocol/identity-log';
import { newId, type BookId, type CircleId, type EntryId, type IdentityId } from '$lib/protocol/ids';
import { MAX_SETTLED, type Entry, type ObsAdd, type ObsAmend, type Receipt } from '$lib/protocol/entries';
import { accessOf, memberOf, type Member } from '$lib/protocol/manifest';
import type { PlanEntry } from '$lib/protocol/plan-entries';
import { entryOf, type Stated } from '$lib/protocol/project';
import type { CircleWork, DeviceKeys } from '$lib/storage/keyring';
import type { WriteContext } from '$lib/storage/record';
import type { ReadCircle } from '$lib/sync/known-logs';
import { bookOfKind, isOwning, nameOf, personNameOf, personOf, type CircleAccess } from '$lib/sync/circle-access';
import { writeContext } from '$lib/sync/write-context';
import { CircleBooks, type SeenReceipt } from './circle-books.svelte';
import type { EarlierHistory } from './earlier-history';
import { earlierQuestion } from './earlier-question.svelte';
import { guarded } from './guarded';
import { heldIn, isBackedUp, type Held } from './held';
import { oweFarewells } from './leavers';
import { observationEntry, receiptEntry, voidEntry } from './new-entries';
import { othersIn, type OtherMember } from './other-members';
import { dayGiven, earlierAmong } from './shared-from';
import type { ChangeError, CircleView, Durability, PlanBook, PlanFacts, SaveError } from './circle-view';
import type { Session } from './session';

const NO_PLAN: PlanBook = { stated: [], memberAt: () => undefined };

type Batches = readonly (readonly [BookKind, readonly Entry[]])[];

export class CircleState implements CircleView {
	readonly #session: Session;
	/** The person's own from the start, also while its keys are made and read. */
	readonly #isMadeHere: boolean;
	#id = $state<CircleId | null>(null);
	#access = $state.raw<CircleAccess | null>(null);
	readonly #books: CircleBooks;
	#work = $state.raw<CircleWork | null>(null);
	#waiting = $state(0);
	#isBackedUp = $state(false);
	/** Read with the circle, so that a save has nothing to wait for before its transaction. */
	#device: DeviceKeys | null = null;
	#writing: { readonly skewMs: number | null; readonly context: WriteContext } | null = null;

	/** `id` null: the person's own circle, made at the first save. */
	constructor(session: Session, id: CircleId | null) {
		this.#session = session;
		this.#books = new CircleBooks(session.store);
		this.#id = id;
		this.#isMadeHere = id === null;
	}

	get id(): string {
		return this.#id ?? 'new';
	}

	get access(): CircleAccess | null {
		return this.#access;
	}

	/** Invitations and changes of members this device has begun here and that wait for somebody; null before it is loaded. */
	get work(): CircleWork | null {
		return this.#work;
	}

	/** Somebody else's circle this device's person was let go from: they read and write nothing new in it. */
	get isLetGo(): boolean {
		return this.#access !== null && this.#access.member === undefined;
	}

	/** When the person whose circle it is erased it, by their own signed word; null while it lives. */
	get erasedAt(): number | null {
		return this.#access?.keys.erased?.at ?? null;
	}

	/** Somebody else's circle in which nothing more happens for this person. */
	get isOver(): boolean {
		return !this.mine && (this.isLetGo || this.erasedAt !== null);
	}

	/** The person, or a co-owner: lets in, puts out, changes rights. */
	get isRunning(): boolean {
		return this.#access ? isOwning(this.#access.member) : this.#isMadeHere;
	}

	get mine(): boolean {
		return this.#access ? this.#access.keys.standing === 'mine' : this.#isMadeHere;
	}

	get role(): Role | null {
		return this.#id === null ? 'owner' : (this.#access?.member?.role ?? null);
	}

	get standing(): 'mine' | 'invited' | 'joined' | 'declined' {
		return this.#access?.keys.standing ?? 'mine';
	}

	get personName(): string | null {
		return this.#access && personNameOf(this.#access);
	}

	/** Who holds the circle for a person who has no device in it yet; null once they are in it. */
	get held(): Held | null {
		return this.#access && heldIn(this.#access);
	}

	/** How this device's own person stands in the roster; null while nobody has needed a name. */
	get ownName(): string | null {
		const me = this.#access?.member?.identity;
		return (this.#access && me ? nameOf(this.#access, me) : null) ?? this.earlier?.ownName ?? null;
	}

	/** What this circle goes on from, read in from an archive; null for one that began here. */
	get earlier(): EarlierHistory | null {
		return this.#books.earlier;
	}

	observationsHere(measure: MeasureKind): readonly Observation[] {
		return this.#books.recordedHere(measure);
	}

	isOwn(author: string): boolean {
		return author === this.#access?.member?.identity || this.earlier?.isOwn(author) === true;
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

	/** This device's own membership; null before there is a circle, and once removed. */
	get me(): Member | null {
		return this.#access?.member ?? null;
	}

	/** When this device's identity was let in, by the record that did it. */
	get memberSince(): number | null {
		const me = this.#access?.member?.identity;
		return (me && this.#access?.chain.records.find(({ body }) => memberOf(body, me))?.body.at) ?? null;
	}

	/** Receipts in the circle's log, newest first. */
	get receipts(): readonly SeenReceipt[] {
		return this.#books.receipts;
	}

	/** When a member's app was last heard from in this circle's log; null when it has said nothing yet. */
	heardFrom(member: IdentityId): number | null {
		return this.#books.heardFrom(member) ?? null;
	}

	/** Everyone in the circle but this device's own identity, as the roster names them. */
	get others(): readonly OtherMember[] {
		return this.#access ? othersIn(this.#access) : [];
	}

	/** Care contacts and helper units in the circle. */
	get contacts(): readonly OtherMember[] {
		return this.others.filter((member) => member.role === 'careContact' || member.role === 'helper');
	}

	/** What a member may do with a book; null when they do not hold it. */
	accessOf(identity: string, kind: BookKind): Access | null {
		const book = this.#bookOf(kind);
		const member = this.#access?.chain.head.body.members.find((each) => each.identity === identity);
		return book ? accessOf(member, book) : null;
	}

	/** The first day a member was given of a book; null for all of it. */
	dayGiven(identity: string, kind: BookKind): LocalDate | null {
		return this.#access && dayGiven(this.#access, identity, kind);
	}

	/** Every entry of a book that counts. Not reactive. */
	readonly statedIn = (kind: BookKind): readonly Stated[] => this.#books.statedIn(kind);

	sharedFrom(kind: BookKind): LocalDate | null {
		return this.dayGiven(this.#access?.member?.identity ?? '', kind);
	}

	missingOf(kind: BookKind): 'partial' | 'closed' | null {
		return this.#books.missingOf(kind);
	}

	/** Members to whom values were handed over that are not those that stand here, by name. */
	get deceived(): readonly string[] {
		return this.#books.deceived;
	}

	/** Measures this device may read here. */
	get measures(): MeasureKind[] {
		return measureKinds.filter(
			(kind) => this.#id === null || accessOf(this.#access?.member, this.#bookOf(kind) ?? ('' as BookId)) !== null
		);
	}

	get hasAnything(): boolean {
		return (
			this.#books.series.length > 0 ||
			(this.#books.plan?.stated.length ?? 0) > 0 ||
			this.#books.changes.length > 0 ||
			this.#books.hasAnything
		);
	}

	observations(measure: MeasureKind): readonly Observation[] {
		return this.#books.observations(measure);
	}

	get series(): readonly MeasuringSeries[] {
		return this.#books.series;
	}

	get changes(): readonly Change[] {
		return this.#books.changes;
	}

	get changesHere(): readonly Change[] {
		return this.#books.changesHere;
	}

	get adjustments(): readonly AdjustmentUse[] {
		return this.#books.adjustments;
	}

	/** A circle that has not begun has a plan nobody has written anything in. */
	get planBook(): PlanBook | null {
		if (this.#id === null) return NO_PLAN;
		return this.accessOf(this.#access?.member?.identity ?? '', 'plan') === null ? null : this.#books.plan;
	}

	canWrite(kind: MeasureKind | 'medicines' | 'plan'): boolean {
		if (this.#id === null) return true;
		const book = this.erasedAt === null || this.mine ? this.#bookOf(kind) : null;
		return book !== null && accessOf(this.#access?.member, book) === 'w';
	}

	async record(draft: ObservationDraft): Promise<Result<string, SaveError>> {
		const entry = this.#toEntry(draft);
		const saved = await this.#append([[draft.measure, [entry]]]);
		return saved.ok ? ok(entry.id) : saved;
	}

	/** Many at once, e.g. from a file. A failure midway keeps what was saved before it, and shows it. */
	async recordMany(drafts: readonly ObservationDraft[]): Promise<Result<void, SaveError>> {
		const entries = new Map<MeasureKind, Entry[]>();
		for (const draft of drafts) {
			const list = entries.get(draft.measure) ?? [];
			entries.set(draft.measure, list);
			list.push(this.#toEntry(draft));
		}
		const saved = await this.#append([...entries]);
		if (!saved.ok && this.#access) await this.reload({ keys: false, books: this.#booksOf([...entries.keys()]) });
		return saved;
	}

	/** Entries of one book as they stand, from a backup. */
	restore(kind: BookKind, entries: readonly Entry[]): Promise<Result<void, SaveError>> {
		return this.#append([[kind, entries]]);
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
		return { kind: 'change.void', v: 1, id, target: entryOf(target), reason };
	}

	async noteAdjustment(
		use: Pick<AdjustmentUse, 'medicine' | 'name' | 'step' | 'effective'>
	): Promise<Result<string, SaveError>> {
		const id = newId<EntryId>(this.#session.random);
		const { medicine, name, step, effective } = use;
		const entry: Entry = { kind: 'adjust.use', v: 1, id, medicine, name, step, effective: { ...effective } };
		const saved = await this.#append([['medicines', [entry]]]);
		return saved.ok ? ok(id) : saved;
	}

	voidAdjustment(target: string, reason: 'undo' | 'mistake'): Promise<Result<void, SaveError>> {
		const id = newId<EntryId>(this.#session.random);
		return this.#append([['medicines', [{ kind: 'adjust.void', v: 1, id, target: entryOf(target), reason }]]]);
	}

	async sayOfPlan(make: (facts: PlanFacts) => PlanEntry): Promise<Result<void, SaveError>> {
		return guarded(async () => {
			const opened = await this.#opened();
			if (!opened.ok) return opened;
			const manifest = opened.value.chain.head.hash;
			const id = newId<EntryId>(this.#session.random);
			return this.#seal([['plan', [make({ id, manifest, at: this.#session.now() })]]]);
		});
	}

	#toEntry(draft: ObservationDraft): ObsAdd {
		return observationEntry(inSeries(draft, this.#books.series), newId<EntryId>(this.#session.random));
	}

	voidObservation(id: string, reason: VoidReason): Promise<Result<void, SaveError>> {
		return this.voidTogether([id], reason);
	}

	/** The care contact's mark in the log; shown to the person. The day's heartbeat goes with it. */
	mark(outcome: Receipt['outcome'], name: string | null): Promise<Result<void, SaveError>> {
		return guarded(async () => {
			const access = this.#access as CircleAccess;
			const { store, random, now } = this.#session;
			const { dueHeartbeat } = await import('$lib/sync/heartbeats');
			const due = await dueHeartbeat(this.#session, access);
			const seen = this.#books.newestIn(access);
			const entry = receiptEntry({ outcome, at: now(), name, seen }, newId<EntryId>(random));
			const saved = await this.#seal([['log', [entry, ...(due ? [due.entry] : [])]]]);
			const note = () => due && store.places.noteHeartbeat(access.chain.circle, due.log, due.entry.at);
			if (saved.ok) await guarded(async () => ok(await note()));
			return saved;
		});
	}

	/** One frame a book, all in one transaction. */
	#append(batches: Batches): Promise<Result<void, SaveError>> {
		return guarded(() => this.#seal(batches));
	}

	async #seal(batches: Batches): Promise<Result<void, SaveError>> {
		const opened = await this.#opened();
		if (!opened.ok) return opened;
		const access = opened.value;
		// The circle is open here, so its keys were: somebody has emptied the database since.
		if (!this.#device) return err({ type: 'wiped' });
		const books = batches.flatMap(([kind, entries]) => {
			const book = bookOfKind(access, kind);
			return book ? [{ book, entries }] : [];
		});
		if (books.length !== batches.length) return err({ type: 'not-allowed' });
		const earlier = earlierAmong(access, batches);
		if (earlier && !(await earlierQuestion.ask(earlier, () => this.#session.now()))) return err({ type: 'held-back' });
		const written = await this.#session.store.append(this.#context(access, this.#device), books);
		if (!written.ok) return written;
		this.#waiting += written.value.length;
		this.#session.announce({
			type: 'changed',
			circle: access.chain.circle,
			keys: false,
			books: books.map(({ book }) => book)
		});
		this.#session.announce({ type: 'outbox' });
		// It is saved: what cannot be shown now must not be saved once more.
		const shown = await guarded(async () => ok(await this.#books.take(access, written.value)));
		if (!shown.ok) void guarded(async () => ok(await this.load()));
		return ok(undefined);
	}

	async #opened(): Promise<Result<CircleAccess, SaveError>> {
		return this.#access ? ok(this.#access) : this.#begin();
	}

	/** What this device seals with; made once for an open circle and a clock's skew. */
	#context(access: CircleAccess, device: DeviceKeys): WriteContext {
		const { skewMs } = this.#session.relay;
		if (this.#writing?.skewMs !== skewMs || !this.#writing)
			this.#writing = { skewMs, context: writeContext(access, device, skewMs) };
		return this.#writing.context;
	}

	/** The first save: identity and circle are made on this device, without asking anybody. */
	async #begin(): Promise<Result<CircleAccess, SaveError>> {
		const circle = await this.#session.ensureOwnCircle();
		if (!circle.ok) return circle;
		this.#id = circle.value;
		await this.load();
		return this.#access ? ok(this.#access) : err({ type: 'storage-unavailable' });
	}

	/** Reads the circle and every book this device may open. `read`: the circle, for who has just read it. */
	async load(read?: ReadCircle): Promise<void> {
		const circle = this.#id ? (read ?? (await this.#session.readCircle(this.#id))) : null;
		const device = circle ? circle.device : await this.#session.device();
		[this.#access, this.#device, this.#writing, this.#work] = [
			circle?.access ?? null,
			device,
			null,
			circle?.work ?? null
		];
		if (!circle?.access) return;
		await this.#books.open(circle.access, circle.heads, await this.#openEarlier());
		await this.refreshDurability(circle);
		await oweFarewells(this.#session, circle.access, this.receipts);
	}

	/** The person's own circle goes on from those read in from an archive; fetched where there are any. */
	async #openEarlier(): Promise<EarlierHistory | null> {
		const { store } = this.#session;
		if (!this.mine || !(await store.earlier.hasAny())) return null;
		const { EarlierHistory } = await import('./earlier-history');
		const known = this.#books.earlier;
		return known && (await known.isOf(store)) ? known : EarlierHistory.open(store);
	}

	/** Reads again what another tab or the relay changed. */
	async reload(change: { readonly keys: boolean; readonly books: readonly BookId[] }): Promise<void> {
		if (change.keys || !this.#access) return this.load();
		await this.#books.readOn(this.#access, change.books);
		await this.refreshDurability();
		await oweFarewells(this.#session, this.#access, this.receipts);
	}

	/** `read`: the circle, for who has just read it. */
	async refreshDurability(read?: ReadCircle): Promise<void> {
		const device = read ? read.device : await this.#session.device();
		this.#isBackedUp = await isBackedUp(device, this.#access, !this.mine && this.held?.isMine !== true);
		// Before there is a backup everything waits, and nobody asks how much.
		const asked = this.#isBackedUp ? this.#id : null;
		this.#waiting = asked ? (read?.waiting ?? (await this.#session.store.countOutbox(asked))) : 0;
	}

	#booksOf(kinds: readonly MeasureKind[]): BookId[] {
		return kinds.flatMap((kind) => this.#bookOf(kind) ?? []);
	}

	#bookOf(kind: BookKind): BookId | null {
		return this.#access ? bookOfKind(this.#access, kind) : null;
	}

	removed(measure: MeasureKind): readonly RemovedObservation[] {
		return this.#books.removed(measure);
	}

	canChange({ measure, by, within }: Observation): boolean {
		return !within && this.canWrite(measure) && this.#mayTakeBack(by);
	}

	canTakeBack({ by }: Change): boolean {
		return this.canWrite('medicines') && this.#mayTakeBack(by);
	}

	/** Own words, or whatever somebody has said in a circle one runs. */
	#mayTakeBack(by: string | undefined): boolean {
		return (
			this.role === 'owner' || this.role === 'coOwner' || (by !== undefined && by === this.#access?.member?.identity)
		);
	}

	nameOf(author: string | undefined): string | null {
		const access = this.#access;
		if (!access || author === undefined || this.isOwn(author)) return null;
		return nameOf(access, author as IdentityId) ?? this.earlier?.nameOf(author as IdentityId) ?? null;
	}

	async amend(seen: Observation, draft: ObservationDraft): Promise<Result<void, ChangeError>> {
		const now = this.#books.recorded(seen.measure).find(({ id }) => id === seen.id);
		if (!now) return err({ type: 'gone' });
		if (now.version !== seen.version) return err({ type: 'changed' });
		const settles = (seen.rivals ?? []).slice(0, MAX_SETTLED).map(({ id }) => id as EntryId);
		const entry: ObsAmend = {
			...this.#toEntry(draft),
			kind: 'obs.amend',
			target: entryOf(seen.version ?? seen.id),
			...(settles.length > 0 && { settles })
		};
		return this.#append([[seen.measure, [entry]]]);
	}

	/** One frame: all or none. */
	async recordTogether(drafts: readonly ObservationDraft[]): Promise<Result<readonly string[], SaveError>> {
		const [first] = drafts;
		if (!first) return ok([]);
		const entries = drafts.map((draft) => this.#toEntry(draft));
		const saved = await this.#append([[first.measure, entries]]);
		return saved.ok ? ok(entries.map(({ id }) => id)) : saved;
	}

	async voidTogether(ids: readonly string[], reason: VoidReason): Promise<Result<void, SaveError>> {
		const measure = measureKinds.find((kind) => this.#books.recorded(kind).some(({ id }) => ids.includes(id)));
		if (!measure) return ok(undefined);
		const targets = [...new Set(ids.map(entryOf))];
		const entries = targets.map((target) => voidEntry({ target, reason }, newId<EntryId>(this.#session.random)));
		return this.#append([[measure, entries]]);
	}
}
