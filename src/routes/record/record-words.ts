/** What the record form says about what was typed. */
import { unreachable } from '$lib/domain/assert';
import type { FieldError, InputQuestion } from '$lib/domain/entry-input';
import type { TimeError } from '$lib/domain/entry-time';
import type { FieldDefinition } from '$lib/domain/measure-definition';
import { measures } from '$lib/domain/measures';
import type { Effective, ObservationDraft } from '$lib/domain/observation';
import { formatClock, formatNumber, formatRelativeDay, type Moment } from '$lib/i18n/format';
import { m } from '$lib/i18n/paraglide/messages';
import { fieldInSentence, unitName } from '$lib/i18n/number-words';

/** The sentence at a field that cannot be a reading. */
export function fieldErrorSentence(field: FieldDefinition, error: FieldError): string {
	switch (error.type) {
		case 'empty':
			return m.record_error_empty({ field: fieldInSentence(field.key) });
		case 'no-answer':
			return m.record_error_step();
		case 'not-a-number':
			return m.record_error_not_a_number();
		case 'negative':
			return m.record_error_negative();
		case 'too-many-decimals':
			return error.decimals === 0 ? m.record_error_whole() : m.record_error_one_decimal();
		case 'out-of-range': {
			const range = m.record_error_range({ min: formatLimit(error.min), max: formatLimit(error.max) });
			return error.suspected ? `${range} ${m.record_unit_suspected({ unit: unitName(error.suspected.unit) })}` : range;
		}
		case 'not-above-diastolic':
			return m.record_error_not_above();
		default:
			return unreachable(error);
	}
}

const formatLimit = (limit: number): string => formatNumber(limit, Number.isInteger(limit) ? 0 : 1);

/** **Stämmer värdet?** with its reason. `value` is the number as typed in, in the stored unit. */
export function questionSentence(field: FieldDefinition, question: InputQuestion, value: number): string {
	const shown = formatNumber(value, field.decimals);
	switch (question.type) {
		case 'unusual':
			return m.record_question_unusual({ value: shown });
		case 'jump':
			return m.record_question_jump();
		case 'unit':
			return m.record_question_unit({
				value: shown,
				unit: unitName(field.unit),
				other: unitName(question.suspected?.unit ?? '')
			});
		default:
			return unreachable(question.type);
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
	const [lead] = measures[measure].fields;
	const { pulse } = values;
	const also =
		measure === 'bloodPressure' && pulse !== undefined ? m.record_pulse_too({ pulse: formatNumber(pulse) }) : '';
	const what = [unitName(lead?.unit ?? ''), also].filter((part) => part !== '');
	const day = formatRelativeDay(effective, now);
	const when = m.record_saved_when({
		day: day.charAt(0).toUpperCase() + day.slice(1),
		clock: formatClock(effective)
	});
	return what.length === 0 ? when : `${what.join(', ')}. ${when}`;
}
