/** What **Trender** shows of one measure: a range of readings, and everything that follows from it. */
import { dayPairs } from '$lib/domain/day-pairs';
import { hourBands } from '$lib/domain/hour-bands';
import { isOn } from '$lib/domain/interpretive-functions';
import { type MeasureKind, measures } from '$lib/domain/measures';
import type { Observation } from '$lib/domain/observation';
import { inRange, type TrendRange, trendRanges } from '$lib/domain/summary';
import { dateWallMs, daysBetween, effectiveAt, localDate } from '$lib/domain/time';
import type { Moment } from '$lib/i18n/format';
import type { CircleView } from '$lib/state/circle-view';
import { whenIdle } from '$lib/state/idle';
import { targetsIn } from '$lib/state/plan-targets';
import { MinuteClock } from '$lib/state/ticking-clock.svelte';
import { hourPlot } from '$lib/ui/chart/hour-plot';
import { type Compared, hourWords, pairWords, trendWords } from '$lib/ui/chart/plot-words';
import { pairPlot } from '$lib/ui/chart/trend-plot';
import { compareOptions, keysOf } from './compare';
import type { Pair } from './pair';
import { rangeFacts } from './range-facts';
import { hoursSentence, overRange, pairSentence, trendSentence } from './trend-sentence';

export interface TrendDeps {
	readonly circle: Pick<CircleView, 'observations' | 'changes' | 'planBook'>;
	/** Milliseconds since 1970. */
	readonly now: () => number;
	/** The zone of whoever looks; decides only which day is today. */
	readonly zone: string;
}

export class TrendView {
	range: TrendRange = $state('30d');
	/** **Över tid** or **Under dygnet**. */
	view: 'time' | 'hours' = $state('time');
	/** Value of the option it is compared with; empty for none. */
	other = $state('');
	readonly measure: MeasureKind;
	readonly #deps: TrendDeps;
	readonly #clock: MinuteClock;

	constructor(measure: MeasureKind, deps: TrendDeps) {
		this.measure = measure;
		this.#deps = deps;
		this.#clock = new MinuteClock(deps.now);
	}

	/** Every reading of the measure, oldest first. */
	readonly all: readonly Observation[] = $derived.by(() => this.#deps.circle.observations(this.measure));
	/** Changes of medicine and other events, by day. */
	readonly changes = $derived.by(() => this.#deps.circle.changes);
	/** Where the plans in force mean the values to lie. */
	readonly targets = $derived.by(() => (isOn('targetBand') ? targetsIn(this.#deps.circle.planBook, this.measure) : []));
	/** The day it is for whoever looks. Changes at midnight, not with every tick. */
	readonly today = $derived.by(() => localDate(effectiveAt(this.#clock.now, this.#deps.zone)));
	/** Today, for "i dag" and for leaving out this year. */
	readonly now: Moment = $derived({ utc: dateWallMs(this.today), offset: 0 });
	readonly #factsOf = $derived.by(() => {
		const { all, today, changes, targets } = this;
		return rangeFacts(this.measure, { all, today, changes, targets });
	});
	readonly #facts = $derived.by(() => this.#factsOf(this.range));
	/** The readings in the range, in the order of the wall clock. */
	readonly kept = $derived.by(() => this.#facts.kept);
	/** The range in words: "på 30 dagar". */
	readonly over = $derived.by(() => {
		const [first] = this.kept;
		const days = first ? Math.max(1, daysBetween(localDate(first.effective), this.today) + 1) : 1;
		return overRange(this.range, days);
	});
	readonly summary = $derived.by(() => this.#facts.summary);

	readonly hasHours = $derived.by(() => measures[this.measure].chart.byHour === true && isOn('hourMedians'));
	readonly bands = $derived.by(() => hourBands(this.kept, measures[this.measure].chart.series));

	readonly options = $derived.by(() =>
		isOn('besideEachOther') && measures[this.measure].chart.series.length > 0
			? compareOptions(this.#deps.circle, this.measure)
			: []
	);
	/** The two that are shown over each other, day by day; null while only one is. */
	readonly pair: Pair | null = $derived.by(() => {
		const second = this.view === 'time' ? this.options.find(({ value }) => value === this.other)?.which : undefined;
		if (!second) return null;
		const first: Compared = { measure: this.measure, field: null };
		const keptOther = inRange(this.#deps.circle.observations(second.measure), this.range, this.today);
		const days = dayPairs(this.#shown(first, this.kept), this.#shown(second, keptOther));
		return { which: [first, second], kept: [this.kept, keptOther], days };
	});

	/** `hours` only where it may be shown. */
	readonly shows: 'time' | 'hours' | 'pair' = $derived.by(() =>
		this.view === 'hours' && this.hasHours ? 'hours' : this.pair ? 'pair' : 'time'
	);

	readonly sentence = $derived.by(() => {
		if (!this.summary) return null;
		if (this.shows === 'hours') return hoursSentence(measures[this.measure], this.bands);
		if (this.pair) return pairSentence(this.pair, this.over);
		return trendSentence(measures[this.measure], this.kept, this.summary, this.over, this.now);
	});

	readonly plot = $derived.by(() => {
		if (this.shows === 'hours') return hourPlot(measures[this.measure], this.kept, this.bands);
		if (!this.pair) return this.#facts.plot;
		const span = { range: this.range, today: this.today, changes: this.changes };
		const { which, kept, days } = this.pair;
		return pairPlot(this.#shown(which[0], kept[0]), this.#shown(which[1], kept[1]), days, span);
	});

	readonly words = $derived.by(() => {
		const over = { now: this.now, over: this.over, changes: this.changes };
		if (this.shows === 'hours') return hourWords(measures[this.measure], this.bands, this.over);
		if (this.pair) return pairWords(this.pair.which, this.pair.days, over);
		return trendWords(measures[this.measure], this.kept, over);
	});

	/** Works out the other ranges while nobody waits, each in an idle moment of its own, as long as somebody `isLooking`. */
	async prepare(isLooking: () => boolean): Promise<void> {
		for (const range of trendRanges) {
			await whenIdle();
			if (!isLooking()) return;
			this.#factsOf(range);
		}
	}

	#shown(which: Compared, kept: readonly Observation[]) {
		return { measure: measures[which.measure], keys: keysOf(which), kept };
	}
}
