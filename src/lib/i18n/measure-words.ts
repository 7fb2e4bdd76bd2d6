/** A measure, its fields and a reading in words, wherever one is named. */
import { unreachable } from '$lib/domain/assert';
import { type MeasureKind, measures } from '$lib/domain/measures';
import type { Reading } from '$lib/domain/statistics';
import { formatNumber, formatPressure } from '$lib/i18n/format';
import { m } from '$lib/i18n/paraglide/messages';

/** **Blodtryck**. */
export function measureName(kind: MeasureKind): string {
	switch (kind) {
		case 'bloodPressure':
			return m.common_measure_blood_pressure();
		case 'weight':
			return m.common_measure_weight();
		case 'pulse':
			return m.common_measure_pulse();
		case 'selfRatedHealth':
			return m.common_measure_self_rated_health();
		default:
			return unreachable(kind);
	}
}

interface FieldWords {
	/** The everyday name: **Övre**. */
	readonly label: () => string;
	/** The care word: **systoliskt**. */
	readonly term?: () => string;
	/** As it stands in a sentence: "det övre talet". */
	readonly inSentence: () => string;
}

const fields: Readonly<Record<string, FieldWords>> = {
	systolic: {
		label: m.record_field_systolic,
		term: m.record_term_systolic,
		inSentence: m.record_name_systolic
	},
	diastolic: {
		label: m.record_field_diastolic,
		term: m.record_term_diastolic,
		inSentence: m.record_name_diastolic
	},
	pulse: { label: m.record_field_pulse, inSentence: m.record_name_pulse },
	weight: { label: m.record_field_weight, inSentence: m.record_name_weight },
	step: { label: m.record_field_step, inSentence: m.record_field_step }
};

export const fieldLabel = (key: string): string => fields[key]?.label() ?? key;
export const fieldTerm = (key: string): string | undefined => fields[key]?.term?.();
export const fieldInSentence = (key: string): string => fields[key]?.inSentence() ?? key;

/** A UCUM unit as people read it; empty for a step of a scale. */
export function unitName(unit: string): string {
	switch (unit) {
		case 'mm[Hg]':
			return m.common_unit_mmhg();
		case 'kg':
			return m.common_unit_kg();
		case '/min':
			return m.common_unit_per_minute();
		default:
			return '';
	}
}

/** **Mycket bra** for 1, down to **Mycket dåligt** for 5. */
export function stepName(step: number): string {
	const names = [m.common_health_1, m.common_health_2, m.common_health_3, m.common_health_4, m.common_health_5];
	return names[Math.round(step) - 1]?.() ?? '';
}

/** Values as shown, without a unit: `134/78`, `76,4`, `Bra`. Also for means, already rounded. */
export function valueText(kind: MeasureKind, values: Reading['values']): string {
	const { systolic, diastolic, weight, pulse, step } = values;
	if (kind === 'bloodPressure') return formatPressure(systolic ?? 0, diastolic ?? 0);
	if (kind === 'selfRatedHealth') return stepName(step ?? 0);
	return formatNumber(weight ?? pulse ?? 0, measures[kind].fields[0]?.decimals ?? 0);
}

/** Values with their unit, unless the unit goes without saying: `134/78`, `76,4 kg`, `64/min`. */
export function valueWithUnit(kind: MeasureKind, values: Reading['values']): string {
	const text = valueText(kind, values);
	if (kind === 'weight') return `${text}\u00a0${m.common_unit_kg()}`;
	return kind === 'pulse' ? `${text}${m.common_unit_per_minute()}` : text;
}

/** As spoken: "134 över 78, puls 64", "76,4 kilo". */
export function spokenValue(kind: MeasureKind, values: Reading['values']): string {
	const text = valueText(kind, values);
	if (kind === 'weight') return m.record_spoken_kg({ value: text });
	if (kind === 'pulse') return m.record_spoken_per_minute({ value: text });
	if (kind === 'selfRatedHealth') return text;
	const { systolic = 0, diastolic = 0, pulse } = values;
	const pressure = m.common_pressure_spoken({ systolic: formatNumber(systolic), diastolic: formatNumber(diastolic) });
	return pulse === undefined ? pressure : `${pressure}, ${m.record_pulse_too({ pulse: formatNumber(pulse) })}`;
}
