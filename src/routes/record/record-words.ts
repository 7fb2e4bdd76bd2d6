/** What the record form says about what was typed. */
import { unreachable } from '$lib/domain/assert';
import type { FieldError, InputQuestion, TimeError } from '$lib/domain/entry-input';
import { measures } from '$lib/domain/measures';
import type { Effective, ObservationDraft } from '$lib/domain/observation';
import { formatClock, formatNumber, formatRelativeDay, type Moment } from '$lib/i18n/format';
import { m } from '$lib/i18n/paraglide/messages';
import { fieldInSentence, unitName } from '$lib/i18n/measure-words';

/** The sentence at a field that cannot be a reading. */
export function fieldErrorSentence(field: string, error: FieldError): string {
	switch (error.type) {
		case 'empty':
			return field === 'step' ? m.record_error_step() : m.record_error_empty({ field: fieldInSentence(field) });
		case 'not-a-number':
			return m.record_error_not_a_number();
		case 'negative':
			return m.record_error_negative();
		case 'too-many-decimals':
			return error.decimals === 0 ? m.record_error_whole() : m.record_error_one_decimal();
		case 'out-of-range':
			return m.record_error_range({ min: formatNumber(error.min), max: formatNumber(error.max) });
		case 'kilopascal':
			return m.record_error_kilopascal({ min: formatNumber(error.min), max: formatNumber(error.max) });
		case 'not-above-diastolic':
			return m.record_error_not_above();
		default:
			return unreachable(error);
	}
}

/** **Stämmer värdet?** with its reason. `value` is the number as typed in. */
export function questionSentence({ type }: InputQuestion, value: number): string {
	switch (type) {
		case 'unusual':
			return m.record_question_unusual({ value: formatNumber(value) });
		case 'jump':
			return m.record_question_jump();
		case 'pounds':
			return m.record_question_pounds({ value: formatNumber(value) });
		default:
			return unreachable(type);
	}
}

export function timeErrorSentence(error: TimeError): string {
	switch (error.type) {
		case 'time-missing':
			return m.record_time_missing();
		case 'nonexistent-time':
			return m.record_time_nonexistent();
		case 'time-in-future':
			return m.record_time_future();
		case 'time-too-old':
			return m.record_time_too_old({ years: formatNumber(error.years) });
		default:
			return unreachable(error);
	}
}

/** **Tid: nu, kl. 07.32**, or the day and clock chosen. */
export function timeLabel(placed: Effective | null, isNow: boolean, now: Moment): string {
	if (!placed) return m.record_time_choose();
	const clock = formatClock(placed);
	return isNow ? m.record_time_now({ clock }) : m.record_time_other({ day: formatRelativeDay(placed, now), clock });
}

/** What stands under the saved value: `mmHg, puls 64. I dag kl. 07.32.` */
export function savedDetail({ measure, values, effective }: ObservationDraft, now: Moment): string {
	const unit = unitName(measures[measure].fields[0]?.unit ?? '');
	const { pulse } = values;
	const also =
		measure === 'bloodPressure' && pulse !== undefined ? m.record_pulse_too({ pulse: formatNumber(pulse) }) : '';
	const what = [unit, also].filter((part) => part !== '').join(', ');
	const day = formatRelativeDay(effective, now);
	const when = m.record_saved_when({
		day: day.charAt(0).toUpperCase() + day.slice(1),
		clock: formatClock(effective)
	});
	return what === '' ? when : `${what}. ${when}`;
}
