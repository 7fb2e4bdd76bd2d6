import { type MeasureKind, measures } from '$lib/domain/measures';
import type { Observation } from '$lib/domain/observation';
import { formatClock, formatRelativeDay, type Moment } from '$lib/i18n/format';
import { measureName, spokenValue, unitName, valueText, valueWithUnit } from '$lib/i18n/measure-words';
import { m } from '$lib/i18n/paraglide/messages';

/** A measure as Idag shows it. */
export interface LatestValue {
	readonly name: string;
	readonly value?: string | undefined;
	readonly unit?: string | undefined;
	/** Where what is shown would be read out wrongly. */
	readonly spoken?: string | undefined;
	readonly when: string;
}

type Shown = Pick<LatestValue, 'value' | 'unit' | 'spoken'>;

/** The measure's name, its last value and when; an invitation while there is none. */
export function latestValue(measure: MeasureKind, last: Observation | undefined, now: Moment): LatestValue {
	const name = measureName(measure);
	if (!last) return { name, when: m.today_when_you_like() };
	const day = formatRelativeDay(last.effective, now);
	return { name, ...shown(measure, last.values), when: `${day} ${formatClock(last.effective)}` };
}

/** As a tile has room for: the unit apart, so that the number stands largest. */
function shown(measure: MeasureKind, values: Observation['values']): Shown {
	const [lead] = measures[measure].fields;
	const value = valueText(measure, values);
	if (measure === 'bloodPressure') {
		const { pulse: _, ...pressure } = values;
		return { value, spoken: spokenValue(measure, pressure) };
	}
	// A step among ten says nothing without the ten.
	if (lead?.isNumbered) return { value: valueWithUnit(measure, values) };
	return { value, unit: unitName(lead?.unit ?? '') || undefined };
}
