/** What **Trender** shows of one measure: a range of readings, and everything that follows from it. */
import { type MeasureKind, measures } from '$lib/domain/measures';
import type { Observation } from '$lib/domain/observation';
import { inRange, summarise, type TrendRange } from '$lib/domain/summary';
import { dateWallMs, daysBetween, effectiveAt, localDate } from '$lib/domain/time';
import type { Moment } from '$lib/i18n/format';
import type { CircleView } from '$lib/state/circle-view';
import { MinuteClock } from '$lib/state/ticking-clock.svelte';
import { plotWords } from '$lib/ui/chart/plot-words';
import { trendPlot } from '$lib/ui/chart/trend-plot';
import { measureName } from '$lib/i18n/measure-words';
import { overRange, trendSentence } from './trend-sentence';

export interface TrendDeps {
	readonly circle: Pick<CircleView, 'observations'>;
	/** Milliseconds since 1970. */
	readonly now: () => number;
	/** The zone of whoever looks; decides only which day is today. */
	readonly zone: string;
}

export class TrendView {
	range: TrendRange = $state('30d');
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
	/** The day it is where the reader is. */
	readonly today = $derived.by(() => localDate(effectiveAt(this.#clock.now, this.#deps.zone)));
	/** Today, for "i dag" and for leaving out this year. Changes at midnight, not with every tick. */
	readonly now: Moment = $derived({ utc: dateWallMs(this.today), offset: 0 });
	/** The readings in the range, oldest first. */
	readonly kept = $derived(inRange(this.all, this.range, this.today));
	/** The range in words: "på 30 dagar". */
	readonly over = $derived.by(() => {
		const [first] = this.kept;
		const days = first ? Math.max(1, daysBetween(localDate(first.effective), this.today) + 1) : 1;
		return overRange(this.range, days);
	});
	readonly summary = $derived.by(() => summarise(measures[this.measure], this.all, this.range, this.today));
	readonly sentence = $derived.by(() =>
		this.summary ? trendSentence(measures[this.measure], this.kept, this.summary, this.over, this.now) : null
	);
	readonly plot = $derived.by(() => trendPlot(measures[this.measure], this.all, this.range, this.today));
	readonly words = $derived.by(() =>
		plotWords(measures[this.measure], this.kept, this.now, { measure: measureName(this.measure), over: this.over })
	);
}
