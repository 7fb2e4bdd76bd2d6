/** Rows of the tables for hours and for two measures. */
import type { HourBand } from '$lib/domain/hour-bands';
import { type MeasureKind, measures } from '$lib/domain/measures';
import { dateWallMs } from '$lib/domain/time';
import { formatNumber, type Moment } from '$lib/i18n/format';
import { bandName, fieldValueText, valueWithUnit } from '$lib/i18n/measure-words';
import { m } from '$lib/i18n/paraglide/messages';
import type { DayMean } from '$lib/domain/day-pairs';
import { type Compared, comparedName, shownMedians } from '$lib/ui/chart/plot-words';
import { shortDay } from './reading-words';
import type { Pair } from './pair';

export const hourTable = (measure: MeasureKind, name: string, bands: readonly HourBand[], over: string) => ({
	caption: m.trends_hours_table({ measure: name, over }),
	columns: [m.trends_hours_column(), m.trends_hours_median(), m.trends_count_column()],
	rows: bands.map((band) => ({
		key: String(band.from),
		head: bandName(band.from, band.to),
		cells: [valueWithUnit(measure, shownMedians(measures[measure], band)), formatNumber(band.count)]
	}))
});

/** Latest day first; a day without one of the two has an empty cell. */
export function pairTable({ which: [first, second], days }: Pair, over: string, now: Moment) {
	return {
		caption: m.trends_pair_table({ first: comparedName(first), second: comparedName(second), over }),
		columns: [m.trends_day_column(), comparedName(first), comparedName(second)],
		rows: [...days].reverse().map((day) => ({
			key: day.date,
			head: shortDay({ utc: dateWallMs(day.date), offset: 0 }, now),
			cells: [dayText(first, day.first), dayText(second, day.second)]
		}))
	};
}

function dayText({ measure, field }: Compared, mean: DayMean | null): string {
	if (!mean) return '';
	if (!field) return valueWithUnit(measure, mean.values);
	const value = mean.values[field.key];
	return value === undefined ? '' : fieldValueText(field, value);
}
