/**
 * The one safety notice (ARCHITECTURE 1.4; STANDARDS A2, A3): from here the person is told to rest and measure again, and
 * where to call. Nothing else in the program interprets a value by itself.
 */
import { isOn } from './interpretive-functions';
import type { MeasureValues } from './measure-values';
import { type MeasureKind, measures } from './measures';

/** `pressure`: rest, measure again, call. `symptom`: a red-flag symptom, whatever the numbers say. */
export type SafetyNotice = 'pressure' | 'symptom';

/** Null when the values call for none. */
export function safetyNoticeFor(measure: MeasureKind, values: MeasureValues): SafetyNotice | null {
	if (!isOn('safetyNotice')) return null;
	const isFlagged = measures[measure].fields.some(
		({ key, redFlagFrom }) => redFlagFrom !== undefined && (values[key] ?? -Infinity) >= redFlagFrom
	);
	if (!isFlagged) return null;
	return measures[measure].entry === 'questions' ? 'symptom' : 'pressure';
}
