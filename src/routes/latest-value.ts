import type { MeasureKind } from '$lib/domain/measures';
import type { Observation } from '$lib/domain/observation';
import { formatClock, formatNumber, formatPressure, formatRelativeDay, type Moment } from '$lib/i18n/format';
import { measureName, stepName } from '$lib/i18n/measure-words';
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
	return { name, ...shown[measure](last.values), when: `${day} ${formatClock(last.effective)}` };
}

const shown: { readonly [K in MeasureKind]: (values: Readonly<Record<string, number>>) => Shown } = {
	bloodPressure: ({ systolic = NaN, diastolic = NaN }) => ({
		value: formatPressure(systolic, diastolic),
		spoken: m.common_pressure_spoken({ systolic: formatNumber(systolic), diastolic: formatNumber(diastolic) })
	}),
	weight: ({ weight = NaN }) => ({ value: formatNumber(weight, 1), unit: m.common_unit_kg() }),
	pulse: ({ pulse = NaN }) => ({ value: formatNumber(pulse), unit: m.common_unit_per_minute() }),
	selfRatedHealth: ({ step = NaN }) => ({ value: stepName(step) })
};
