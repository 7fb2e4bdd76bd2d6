/**
 * The guided series (mätserie) on screen: which series it is about, where in the sitting the person is, and what comes next.
 * Everything but the sitting follows from the readings, so a reading typed elsewhere moves the series on too.
 */
import { isOn } from '$lib/domain/interpretive-functions';
import type { HomeBpProtocol } from '$lib/domain/home-bp-protocol';
import { homeBpResult } from '$lib/domain/home-bp';
import { seriesProgress, type SeriesSession } from '$lib/domain/home-bp-progress';
import {
	type MeasuringSeries,
	progressOf,
	readingsIn,
	SERIES_CONTEXT,
	seriesUnderWay
} from '$lib/domain/measuring-series';
import type { ObservationDraft } from '$lib/domain/observation';
import { err, type Result } from '$lib/domain/result';
import { effectiveAt, type LocalDate, localDate, MINUTE_MS, partOfDay, type PartOfDay } from '$lib/domain/time';
import { targetsIn } from '$lib/state/plan-targets';
import type { CircleView, SaveError } from '$lib/state/circle-view';
import type { CircleState } from '$lib/state/circle-state.svelte';
import type { DraftKeeper } from '$lib/state/draft-keeper';
import { MinuteClock, TickingClock } from '$lib/state/ticking-clock.svelte';
import { type Focus, RecordForm } from '../record-form.svelte';
import { SIGNALS, type Signals, signalsSchema, SITTING, type Sitting, sittingSchema } from './sitting';

export interface SeriesDeps {
	readonly circle: CircleView & Pick<CircleState, 'startSeries' | 'endSeries'>;
	readonly drafts: DraftKeeper;
	/** Milliseconds since 1970. */
	readonly now: () => number;
	/** The zone the person lives by right now. */
	readonly zone: string;
}

/** What the screen shows. `part` and `number` say which reading of which session it is. */
export type SeriesStep =
	/** No series yet, or a new one asked for. */
	| { readonly type: 'intro' }
	/** Between sessions. `done`: the session that was just measured. */
	| { readonly type: 'waiting'; readonly done: PartOfDay | null }
	| { readonly type: 'prepare'; readonly part: PartOfDay }
	| { readonly type: 'rest' | 'pause'; readonly until: number; readonly totalMs: number; readonly isFirst: boolean }
	| { readonly type: 'measure'; readonly part: PartOfDay; readonly number: number; readonly count: number }
	| { readonly type: 'over' };

/** A rest taken longer ago than this is no rest before a reading. */
const REST_LASTS_MS = 20 * MINUTE_MS;
const TICK_MS = 250;

export class SeriesFlow {
	readonly #deps: SeriesDeps;
	readonly #minutes: MinuteClock;
	readonly #seconds: TickingClock;
	#sitting = $state.raw<Sitting | null>(null);
	#signals = $state.raw<Signals>({ v: 1, sound: false, vibration: false });
	/** A finished series has been put aside for a new one. */
	#isRenewing = $state(false);
	#justDone = $state.raw<PartOfDay | null>(null);
	#keeping: Promise<void> = Promise.resolve();
	/** The form of the reading being measured; the same one until the next reading, so that undo gives back what was typed. */
	form: RecordForm = $state.raw() as RecordForm;
	failure: SaveError | null = $state.raw(null);

	constructor(deps: SeriesDeps) {
		this.#deps = deps;
		this.#minutes = new MinuteClock(deps.now);
		this.#seconds = new TickingClock(deps.now, TICK_MS);
		this.form = this.#newForm();
	}

	/** The series on screen: the one under way, else the newest. */
	readonly series: MeasuringSeries | undefined = $derived.by(() =>
		this.#isRenewing
			? undefined
			: (seriesUnderWay(this.#deps.circle.series, this.today) ?? this.#deps.circle.series.at(-1))
	);

	get now() {
		return effectiveAt(this.#minutes.now, this.#deps.zone);
	}

	get today(): LocalDate {
		return localDate(this.now);
	}

	get canStart(): boolean {
		return this.#deps.circle.canWrite('bloodPressure');
	}

	readonly progress = $derived.by(() =>
		this.series ? seriesProgress(progressOf(this.series, this.#pressures), this.now) : null
	);
	readonly result = $derived.by(() =>
		this.series ? homeBpResult(readingsIn(this.series, this.#pressures), this.series.protocol) : null
	);

	/** Of the plans in force: a valid mean is set beside them. */
	readonly targets = $derived.by(() =>
		isOn('targetBand') ? targetsIn(this.#deps.circle.planBook, 'bloodPressure') : []
	);

	get #pressures() {
		return this.#deps.circle.observations('bloodPressure');
	}

	readonly step: SeriesStep = $derived.by(() => {
		const { series, progress } = this;
		if (!series || !progress) return { type: 'intro' };
		const sitting = this.#sitting?.series === series.id ? this.#sitting : null;
		if (sitting) {
			const { restSeconds, pauseSeconds } = series.protocol;
			if (this.#seconds.now < sitting.until) {
				const isFirst = sitting.phase === 'rest';
				const totalMs = (isFirst ? restSeconds : pauseSeconds) * 1000;
				return { type: sitting.phase, until: sitting.until, totalMs, isFirst };
			}
			return { type: 'measure', ...this.#readingNow };
		}
		if (series.endedAt !== null || progress.phase === 'over') return { type: 'over' };
		const { current } = progress;
		return current?.state === 'open' && this.#justDone === null
			? { type: 'prepare', part: current.part }
			: { type: 'waiting', done: this.#justDone };
	});

	/** Milliseconds left of a rest or pause, at least 0. Ticks. */
	get leftMs(): number {
		return Math.max(0, (this.#sitting?.until ?? 0) - this.#seconds.now);
	}

	get signals(): Signals {
		return this.#signals;
	}

	/** Goes on where a sitting was left. */
	async restore(): Promise<void> {
		const { drafts, now } = this.#deps;
		const signals = signalsSchema.safeParse(await drafts.load(SIGNALS));
		if (signals.success) this.#signals = signals.data;
		const sitting = sittingSchema.safeParse(await drafts.load(SITTING));
		if (!sitting.success) return;
		if (now() - sitting.data.until < REST_LASTS_MS) this.#sitting = sitting.data;
		else this.#keep(() => drafts.clear(SITTING));
	}

	setSignals(change: Partial<Pick<Signals, 'sound' | 'vibration'>>): void {
		this.#signals = { ...this.#signals, ...change };
		this.#keep(() => this.#deps.drafts.save(SIGNALS, this.#signals));
	}

	/** **Starta mätserien**. */
	async start(protocol: HomeBpProtocol, day: LocalDate): Promise<void> {
		const started = await this.#deps.circle.startSeries(protocol, day);
		this.failure = started.ok ? null : started.error;
		if (started.ok) this.#isRenewing = false;
	}

	/** **Starta en ny mätserie**: the finished one is put aside. */
	renew(): void {
		this.#isRenewing = true;
	}

	/** **Avsluta mätserien**, confirmed. */
	async end(): Promise<void> {
		if (!this.series) return;
		const ended = await this.#deps.circle.endSeries(this.series.id);
		this.failure = ended.ok ? null : ended.error;
		if (ended.ok) this.#sit(null);
	}

	/** **Börja vila**, also outside the hours of a session. */
	rest(): void {
		this.#justDone = null;
		this.#sitFor('rest', this.series?.protocol.restSeconds ?? 0);
	}

	/** **Jag har redan vilat**, **Mät nu**: the rest or pause is over. */
	goOn(): void {
		this.#justDone = null;
		this.#sitFor(this.#sitting?.phase ?? 'rest', 0);
	}

	/** **Stäng** in the middle: the sitting is left, its readings stay. */
	leave(): void {
		this.#sit(null);
	}

	/** A reading has been saved: a pause before the next, or the session is done. */
	saved(): void {
		const { number, count, part } = this.#readingNow;
		if (number <= count) this.#sitFor('pause', this.series?.protocol.pauseSeconds ?? 0);
		else {
			this.#justDone = part;
			this.#sit(null);
		}
	}

	/** The next reading gets a form of its own; the one before keeps what was typed for as long as it can be undone. */
	nextForm(): void {
		if (this.form.phase.type === 'saved') this.form = this.#newForm();
	}

	/** The reading that can still be taken back; null when there is none. */
	get undoable(): ObservationDraft | null {
		const { phase } = this.form;
		return phase.type === 'saved' ? phase.draft : null;
	}

	/** **Ångra**: the reading is taken back and its digits stand in the form again. */
	async undo(): Promise<Focus> {
		const focus = await this.form.undo();
		if (focus) this.goOn();
		return focus;
	}

	/** Resolves when everything is kept. */
	kept(): Promise<void> {
		return this.#keeping;
	}

	/** The reading that is next in the session of this part of day. `number` is beyond `count` when all are there. */
	get #readingNow(): { readonly part: PartOfDay; readonly number: number; readonly count: number } {
		const session = this.#sessionNow;
		const part = session?.part ?? partOfDay(this.now);
		const count = this.series?.protocol.readingsPerSession ?? 1;
		return { part, number: (session?.done ?? 0) + 1, count };
	}

	get #sessionNow(): SeriesSession | undefined {
		const { date, part } = { date: this.today, part: partOfDay(this.now) };
		return this.progress?.grid.find((day) => day.date === date)?.sessions.find((session) => session.part === part);
	}

	#sitFor(phase: Sitting['phase'], seconds: number): void {
		if (!this.series) return;
		this.#sit({ v: 1, series: this.series.id, phase, until: this.#deps.now() + seconds * 1000 });
	}

	#sit(sitting: Sitting | null): void {
		this.#sitting = sitting;
		const { drafts } = this.#deps;
		this.#keep(() => (sitting ? drafts.save(SITTING, sitting) : drafts.clear(SITTING)));
	}

	#keep(write: () => Promise<void>): void {
		this.#keeping = this.#keeping.then(write);
	}

	/** What is typed here says that it belongs to the series, also outside the hours of its sessions. */
	#newForm(): RecordForm {
		const { circle, drafts, now, zone } = this.#deps;
		const record = (draft: ObservationDraft): Promise<Result<string, SaveError>> => {
			const { series } = this;
			if (!series) return Promise.resolve(err({ type: 'not-allowed' }));
			return circle.record({ ...draft, context: { ...draft.context, [SERIES_CONTEXT]: series.id } });
		};
		return new RecordForm('bloodPressure', {
			circle: {
				get id() {
					return circle.id;
				},
				get mine() {
					return circle.mine;
				},
				observations: (measure) => circle.observations(measure),
				record,
				voidObservation: (id, reason) => circle.voidObservation(id, reason)
			},
			drafts,
			now,
			zone
		});
	}
}
