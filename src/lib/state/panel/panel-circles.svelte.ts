/**
 * Everyone who shares with this care unit, as its list needs them: a summary each, and at most five circles open. What comes
 * for one circle opens that one, works out its summary and lets go of it again, so that a start and a change cost what is
 * new and not how many there are (docs/protocol.md 10 S2, 15 D9).
 */
import { version } from '$app/environment';
import { err, type Result } from '$lib/domain/result';
import { effectiveAt, localDate, type LocalDate } from '$lib/domain/time';
import type { CircleId } from '$lib/protocol/ids';
import type { DeviceKeys } from '$lib/storage/keyring';
import { stampOf, type PanelStore } from '$lib/storage/panel-store';
import { inSlices } from '$lib/storage/slices';
import type { SyncChange } from '$lib/sync/engine';
import type { ReadCircle } from '$lib/sync/known-logs';
import { sideBySide } from '$lib/sync/side-by-side';
import { CirclePlan } from '../circle-plan.svelte';
// By the chunk that holds it: imported by itself it would be torn off from what a first visit loads with it.
import { CircleState } from '../data-layer';
import type { SaveError } from '../circle-view';
import type { Session } from '../session';
import { MinuteClock } from '../ticking-clock.svelte';
import { answerCircle } from '../unit';
import { dayIn, packSummary, unpackSummary, type CircleSummary } from './circle-summary';
import { summarise, type SummaryContext } from './summarise';

/** Circles held open at once, whoever is gone through. */
const MOST_OPEN = 5;
/** While many circles are read, the list is shown anew this often: putting hundreds of rows in order has its price. */
const SHOW_EVERY_MS = 1_000;

/** Circles read at the same time: while one waits for the storage another is worked out. */
const SIDE_BY_SIDE = 8;

/** A circle with everything in it. */
export interface OpenCircle {
	readonly state: CircleState;
	readonly plan: CirclePlan<CircleState>;
}

/** One circle of the list. */
export class PanelCircle {
	readonly id: CircleId;
	readonly #circles: PanelCircles;
	#kept: CircleSummary;
	#opened: OpenCircle | null = $state.raw(null);

	/** As it stands, with what was just written here, while it is open; else as it was last summed up. */
	readonly summary: CircleSummary = $derived.by(() =>
		this.#opened ? this.#circles.summaryOf(this.#opened) : this.#kept
	);

	constructor(id: CircleId, circles: PanelCircles, summary: CircleSummary) {
		this.id = id;
		this.#circles = circles;
		this.#kept = $state.raw(summary);
	}

	get opened(): OpenCircle | null {
		return this.#opened;
	}

	/** `opened` null: from here on only its summary is held. */
	hold(summary: CircleSummary, opened: OpenCircle | null): void {
		this.#kept = summary;
		this.#opened = opened;
	}

	/** The unit's mark in the circle's log. */
	mark(outcome: 'accepted' | 'declined' | 'seen', name: string | null): Promise<Result<void, SaveError>> {
		return this.#circles.mark(this.id, outcome, name);
	}
}

export class PanelCircles {
	/** Every circle that has been read and that the unit has not said no to. */
	list: readonly PanelCircle[] = $state.raw([]);
	/** Circles that are read from their books now: on the first start, after an update, and when much has come. */
	reading: { readonly done: number; readonly total: number } | null = $state.raw(null);
	readonly #session: Session;
	/** IANA zone of this device. */
	readonly #timeZone = Intl.DateTimeFormat().resolvedOptions().timeZone;
	readonly #clock: MinuteClock;
	readonly #today: LocalDate;
	readonly #known = new Map<CircleId, PanelCircle>();
	/** Open ones, the one used last at the end. */
	readonly #open = new Map<CircleId, OpenCircle>();
	/** Circles to be read. */
	readonly #waiting = new Set<CircleId>();
	/** Circles in which nothing has ever come to this device: not to be shown as empty before the relay has been asked. */
	readonly #unasked = new Set<CircleId>();
	/** Circles that wait, as whoever told of them has just read them. */
	readonly #handed = new Map<CircleId, ReadCircle>();
	/** Who waits for a circle to be read from now on. */
	readonly #toTell = new Map<CircleId, readonly (() => void)[]>();
	/** What goes on with a circle: one thing at a time. */
	readonly #turns = new Map<CircleId, Promise<unknown>>();
	/** Circles that are read at this moment. */
	readonly #inHand = new Set<CircleId>();
	/** Circles that have been read since there last was nothing to read. */
	readonly #read = new Set<CircleId>();
	/** When the list was last shown anew. */
	#shownAt = 0;
	#run: Promise<void> | null = null;
	#device: DeviceKeys | null = null;
	#store: PanelStore | null = null;

	constructor(session: Session) {
		this.#session = session;
		this.#clock = new MinuteClock(session.now);
		this.#today = $derived(localDate(effectiveAt(this.#clock.now, this.#timeZone)));
	}

	/** The unit's day. Reactive. */
	get today(): LocalDate {
		return this.#today;
	}

	/** Shows every circle whose summary still holds; the others wait to be read (`catchUp`). */
	async start(): Promise<void> {
		const device = await this.#readDevice();
		if (!device) return;
		const rows = await this.#rows();
		const [stamps, summaries] = await Promise.all([rows.readStamps(device), rows.readSummaries()]);
		await inSlices([...summaries], (some) => {
			for (const [circle, text] of some) {
				const found = unpackSummary(text);
				const holds =
					found !== null &&
					found.basis.app === version &&
					found.basis.timeZone === this.#timeZone &&
					found.basis.stamp === stamps.of(circle, found.basis.identities) &&
					dayIn(found.summary, this.#today) !== null;
				if (holds) this.#known.set(circle, new PanelCircle(circle, this, found.summary));
			}
		});
		this.#show();
		for (const circle of stamps.circles)
			if (!this.#known.has(circle)) (stamps.hasAnything(circle) ? this.#waiting : this.#unasked).add(circle);
		this.#tellReading();
	}

	/** The relay has been asked in this session, or cannot be: what has not come until now is shown as it stands. */
	async settle(): Promise<void> {
		for (const circle of this.#unasked) this.#waiting.add(circle);
		this.#unasked.clear();
		await this.catchUp();
	}

	/** Takes in what came for one circle; resolves when it is shown, whatever else waits. `read`: the circle, just read. */
	async apply({ circle }: Pick<SyncChange, 'circle'>, read?: ReadCircle): Promise<void> {
		// In one that was shown, somebody may have written since.
		if (read && !this.#known.has(circle)) this.#handed.set(circle, read);
		else this.#handed.delete(circle);
		const shown = new Promise<void>((resolve) => {
			this.#toTell.set(circle, [...(this.#toTell.get(circle) ?? []), resolve]);
		});
		this.#unasked.delete(circle);
		this.#waiting.add(circle);
		await Promise.race([shown, this.catchUp()]);
	}

	/** Reads anew what holds for this day no longer: after days on which the device slept. */
	async keepUp(): Promise<void> {
		for (const { id, summary } of this.#known.values()) if (dayIn(summary, this.#today) === null) this.#waiting.add(id);
		await this.catchUp();
	}

	/** The circle with everything in it. Null when it cannot be verified. */
	async open(id: string): Promise<OpenCircle | null> {
		const circle = id as CircleId;
		return this.#inTurn(circle, async () => {
			const opened = await this.#load(circle);
			if (!opened) return null;
			this.#open.delete(circle);
			this.#open.set(circle, opened);
			this.#known.get(circle)?.hold(this.summaryOf(opened), opened);
			for (const [oldest, held] of [...this.#open].slice(0, -MOST_OPEN)) {
				this.#open.delete(oldest);
				this.#known.get(oldest)?.hold(this.summaryOf(held), null);
			}
			return opened;
		});
	}

	/** Every circle of a living patient, one open at a time. */
	async *each(): AsyncGenerator<CircleState> {
		for (const { id, summary } of this.list) {
			if (summary.erasedAt !== null) continue;
			const opened = await this.#inTurn(id, () => this.#load(id));
			if (opened) yield opened.state;
		}
	}

	async mark(
		circle: CircleId,
		outcome: 'accepted' | 'declined' | 'seen',
		name: string | null
	): Promise<Result<void, SaveError>> {
		return this.#inTurn(circle, async () => {
			const opened = await this.#load(circle);
			if (!opened) return err({ type: 'not-allowed' });
			const marked = await opened.state.mark(outcome, name);
			this.#sumUp(circle, opened);
			return marked;
		});
	}

	/** The unit's answer to **Ny: vill dela**. The mark goes first: the person must be told whatever happens here. */
	async answer(
		{ id }: Pick<PanelCircle, 'id'>,
		answer: 'joined' | 'declined',
		signature: string | null
	): Promise<Result<void, SaveError>> {
		const marked = await this.mark(id, answer === 'joined' ? 'accepted' : 'declined', signature);
		if (!marked.ok) return marked;
		const answered = await answerCircle(this.#session, id, answer);
		if (answered.ok) await this.apply({ circle: id });
		return answered;
	}

	/** For a circle's own use. */
	summaryOf({ state, plan }: OpenCircle): CircleSummary {
		return summarise(state, plan, this.#context());
	}

	#context(): SummaryContext {
		return { identity: this.#device?.identity ?? null, today: this.#today, zone: this.#timeZone };
	}

	async #readDevice(): Promise<DeviceKeys | null> {
		return (this.#device = await this.#session.device());
	}

	async #rows(): Promise<PanelStore> {
		return (this.#store ??= await this.#session.store.panel());
	}

	/** Reads circles, whoever is in the list already first, until none waits. */
	async catchUp(): Promise<void> {
		if (this.#waiting.size > 0) this.#run ??= this.#readWaiting();
		await this.#run;
	}

	async #readWaiting(): Promise<void> {
		this.#shownAt = performance.now();
		try {
			while (this.#waiting.size > 0)
				await sideBySide(SIDE_BY_SIDE, this.#nextWaiting(), (circle) => this.#readOne(circle));
		} finally {
			// In the same turn in which none was left: what comes from here on begins anew.
			this.#run = null;
			this.#tellReading();
		}
	}

	/** While there is anything to read, each circle counts once, however often something comes for it. */
	#tellReading(): void {
		const left = new Set([...this.#waiting, ...this.#inHand, ...this.#unasked]);
		if (left.size === 0) this.#read.clear();
		const done = [...this.#read].filter((circle) => !left.has(circle)).length;
		this.reading = left.size > 0 ? { done, total: done + left.size } : null;
	}

	/** Each circle that waits, also those that come meanwhile; whoever is in the list already goes first. */
	*#nextWaiting(): Generator<CircleId> {
		while (this.#waiting.size > 0) {
			const waiting = [...this.#waiting];
			const next = waiting.find((circle) => this.#known.has(circle)) ?? waiting[0];
			if (!next) return;
			this.#waiting.delete(next);
			yield next;
		}
	}

	async #readOne(circle: CircleId): Promise<void> {
		const isNew = !this.#known.has(circle);
		const toTell = this.#toTell.get(circle) ?? [];
		this.#toTell.delete(circle);
		this.#inHand.add(circle);
		await this.#inTurn(circle, () => this.#takeIn(circle)).finally(() => this.#inHand.delete(circle));
		this.#read.add(circle);
		for (const tell of toTell) tell();
		const isDue = performance.now() - this.#shownAt >= SHOW_EVERY_MS;
		if (isDue) this.#tellReading();
		if (!isDue && isNew && this.#waiting.size > 0) return;
		this.#show();
		this.#shownAt = performance.now();
	}

	/** Reads a circle and shows it, and keeps its summary for the next start. */
	async #takeIn(circle: CircleId): Promise<void> {
		const handed = this.#handed.get(circle);
		this.#handed.delete(circle);
		const [read, rows] = await Promise.all([handed ?? this.#session.readCircle(circle), this.#rows()]);
		if (!read.keys || !read.device) return this.#forget(circle);
		this.#device = read.device;
		const held = this.#open.get(circle);
		// All of it, also where a single book has changed: the stamp speaks for all.
		await held?.state.load(read);
		const opened = held ?? (await this.#load(circle, read));
		if (!opened) return this.#forget(circle);
		const summary = this.#sumUp(circle, opened);
		// Of before anything of it was read: what is written meanwhile has another, and the summary will not hold.
		const stamp = stampOf(read);
		if (stamp === null) return;
		const basis = { app: version, timeZone: this.#timeZone, stamp, identities: read.others };
		await rows.keep(circle, packSummary(summary, basis));
	}

	/** The circle as it stands, held or opened for the moment. Null when it cannot be verified. */
	async #load(circle: CircleId, read?: ReadCircle): Promise<OpenCircle | null> {
		const held = this.#open.get(circle);
		if (held) return held;
		const state = new CircleState(this.#session, circle);
		await state.load(read);
		return state.access ? { state, plan: new CirclePlan(state) } : null;
	}

	/** Shows the circle as it is now. */
	#sumUp(circle: CircleId, opened: OpenCircle): CircleSummary {
		const summary = this.summaryOf(opened);
		const known = this.#known.get(circle);
		if (known) known.hold(summary, this.#open.get(circle) ?? null);
		else this.#known.set(circle, new PanelCircle(circle, this, summary));
		return summary;
	}

	#forget(circle: CircleId): void {
		this.#known.delete(circle);
		this.#open.delete(circle);
	}

	#show(): void {
		const shown = [...this.#known.values()].filter(({ summary }) => summary.standing !== 'declined');
		const isSame = shown.length === this.list.length && shown.every((circle, at) => circle === this.list[at]);
		if (!isSame) this.list = shown;
	}

	/** One thing at a time for each circle. */
	#inTurn<T>(circle: CircleId, work: () => Promise<T>): Promise<T> {
		const before = this.#turns.get(circle) ?? Promise.resolve();
		const turn = before.then(work, work);
		const ended = turn.then(
			() => undefined,
			() => undefined
		);
		this.#turns.set(circle, ended);
		void ended.then(() => {
			if (this.#turns.get(circle) === ended) this.#turns.delete(circle);
		});
		return turn;
	}
}
