/** The words of a drawn trend, made by whoever shows it. */
import type { MeasureDefinition } from '$lib/domain/measure-definition';
import type { MeasureKind } from '$lib/domain/measures';
import type { Reading } from '$lib/domain/statistics';
import { dateWallMs, type LocalDate } from '$lib/domain/time';
import { formatClock, formatDayShort, formatNumber, formatRelativeDay, type Moment } from '$lib/i18n/format';
import { m } from '$lib/i18n/paraglide/messages';
import { fieldLabel, spokenValue, stepName } from '$lib/i18n/measure-words';

export interface PlotWords {
	/** What the chart shows and how to move in it, for a screen reader. */
	readonly label: string;
	/** Written in the plot, where there are several series. */
	readonly seriesName: (key: string) => string;
	/** Under the axis: `16 nov`. */
	readonly date: (date: LocalDate) => string;
	/** Beside the axis. */
	readonly value: (y: number) => string;
	/** The reading at a stop of the cursor: `16 november kl. 07.15: 134 över 78`. */
	readonly stop: (at: number) => string;
}

/** Words for `trendPlot` of the same readings. `kept` are the readings in its range; `over` is the range in words. */
export function plotWords(
	measure: MeasureDefinition<MeasureKind>,
	kept: readonly Reading[],
	now: Moment,
	names: { readonly measure: string; readonly over: string }
): PlotWords {
	const lead = measure.fields.find(({ key }) => key === measure.chart.series[0]);
	return {
		label: m.trends_chart(names),
		seriesName: fieldLabel,
		date: (date) => formatDayShort({ utc: dateWallMs(date), offset: 0 }, now).replace('.', ''),
		value: (y) =>
			lead?.scale && !lead.isNumbered ? stepName(lead.scale, y) : formatNumber(y, Number.isInteger(y) ? 0 : 1),
		stop: (at) => {
			const reading = kept[at];
			if (!reading) return '';
			return m.trends_stop({
				day: formatRelativeDay(reading.effective, now),
				clock: formatClock(reading.effective),
				value: spokenValue(measure.kind, reading.values)
			});
		}
	};
}
