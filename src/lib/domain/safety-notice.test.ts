import { describe, expect, test } from 'vitest';
import { safetyNoticeFor } from './safety-notice';

describe('the safety notice', () => {
	test('starts at 230 or 130 of a blood pressure and nowhere else', () => {
		expect(safetyNoticeFor('bloodPressure', { systolic: 229, diastolic: 129 })).toBeNull();
		expect(safetyNoticeFor('bloodPressure', { systolic: 230, diastolic: 90 })).toBe('pressure');
		expect(safetyNoticeFor('bloodPressure', { systolic: 180, diastolic: 130 })).toBe('pressure');
		expect(safetyNoticeFor('weight', { weight: 300 })).toBeNull();
		expect(safetyNoticeFor('glucose', { glucose: 50 })).toBeNull();
	});

	test('stands at red-flag symptoms, and not at others however strong', () => {
		expect(safetyNoticeFor('symptoms', { chestPain: 1 })).toBe('symptom');
		expect(safetyNoticeFor('symptoms', { fainting: 1, dizziness: 0 })).toBe('symptom');
		expect(safetyNoticeFor('symptoms', { chestPain: 0, fainting: 0, swelling: 3, fatigue: 3 })).toBeNull();
		expect(safetyNoticeFor('symptoms', {})).toBeNull();
	});
});
