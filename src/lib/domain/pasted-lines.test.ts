import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { measures } from './measures';
import { readPastedLines } from './pasted-lines';
import { addDays, clockText, type LocalDate, parseLocalDate } from './time';

const today = '2026-11-16' as LocalDate;
const pressures = (text: string) => readPastedLines(measures.bloodPressure, text, today);
const first = (text: string) => pressures(text).lines[0];
const typed = { systolic: '128', diastolic: '82', pulse: '72' };

describe('many readings pasted at once', () => {
	test.each([
		['12/3 07:10 128/82 72', '2026-03-12', '07:10'],
		['2026-03-12 07.10 128/82 puls 72', '2026-03-12', '07:10'],
		['2026-03-12\t07:10\t128\t82\t72', '2026-03-12', '07:10'],
		['2026-03-12T07:10:00, 128/82, puls 72', '2026-03-12', '07:10'],
		['12/3-26 kl. 7.10 128/82 72', '2026-03-12', '07:10'],
		['12/3/2026 7:10 128/82 72', '2026-03-12', '07:10'],
		['12.3.2026 07:10 128/82 72', '2026-03-12', '07:10'],
		['12 mars 07.10 128/82, 72', '2026-03-12', '07:10'],
		['Torsdag 12 mars 2026, kl 07.10: 128/82 72'.replace('10:', '10'), '2026-03-12', '07:10'],
		['12 Mar 2026 7:10 pm 128/82 72', '2026-03-12', '19:10'],
		['20260312 07:10 128/82 72', '2026-03-12', '07:10'],
		['１２/３ ０７:１０ １２８/８２ ７２', '2026-03-12', '07:10'],
		['07:10 128/82 72', '', '07:10'],
		['128/82 72', '', '']
	])('%s', (line, date, clock) => {
		expect(pressures(line)).toEqual({ lines: [{ date, clock, typed }], unread: [] });
	});

	test('a missing year is the latest such day that is not in the future', () => {
		expect(first('16/11 07:10 128/82')?.date).toBe('2026-11-16');
		expect(first('17/11 07:10 128/82')?.date).toBe('2025-11-17');
		expect(first('29/2 07:10 128/82')?.date).toBe('2024-02-29');
	});

	test('lines under a day have that day; the day may stand alone', () => {
		const { lines, unread } = pressures('12 mars\n07:10 128/82 72\n19:30 131/79 70\n\n13/3 07:05 125/80');
		expect(lines.map(({ date, clock }) => `${date} ${clock}`)).toEqual([
			'2026-03-12 07:10',
			'2026-03-12 19:30',
			'2026-03-13 07:05'
		]);
		expect(unread).toEqual([]);
	});

	test('what cannot be read is left for the person, and hides none of its neighbours', () => {
		const { lines, unread } = pressures(
			'Datum;Tid;Övre;Undre;Puls\n2026-03-12;07:10;128;82;72\n31/2 128/82\n💊\n12/3 glömde'
		);
		expect(lines).toMatchObject([{ date: '2026-03-12', clock: '07:10', typed }]);
		expect(unread).toEqual(['Datum;Tid;Övre;Undre;Puls', '31/2 128/82', '💊', '12/3 glömde']);
	});

	test('a pressure is never taken for a day, nor a decimal for a clock', () => {
		expect(first('120/80')).toEqual({ date: '', clock: '', typed: { systolic: '120', diastolic: '80' } });
		const weights = readPastedLines(measures.weight, '12/3 76,4\n13/3 07:10 76.2 kg\n75,9', today).lines;
		expect(weights.map(({ typed: { weight } }) => weight)).toEqual(['76,4', '76.2', '75,9']);
		expect(weights.map(({ clock }) => clock)).toEqual(['', '07:10', '']);
	});

	test('a line in another unit is converted, as it is in the form for one', () => {
		const weights = readPastedLines(measures.weight, '12/3 07:10 168 lb\n13/3 07:10 76,4 kg', today).lines;
		expect(weights.map(({ typed: { weight } }) => weight)).toEqual(['76,2', '76,4']);
	});

	test('every day, clock and pressure is read back from each way of writing it', () => {
		const reading = fc.record({
			back: fc.integer({ min: 0, max: 300 }),
			minutes: fc.integer({ min: 0, max: 1439 }),
			systolic: fc.integer({ min: 100, max: 250 }),
			diastolic: fc.integer({ min: 40, max: 99 })
		});
		fc.assert(
			fc.property(fc.array(reading, { minLength: 1, maxLength: 8 }), fc.nat(4), (readings, way) => {
				const text = readings.map(({ back, minutes, systolic, diastolic }) => {
					const date = addDays(today, -back);
					const [year = '', month = '', day = ''] = date.split('-');
					const clock = clockText(minutes);
					return [
						`${date} ${clock} ${systolic}/${diastolic}`,
						`${date}\t${clock}\t${systolic}\t${diastolic}`,
						`${Number(day)}/${Number(month)} ${clock.replace(':', '.')} ${systolic}/${diastolic}`,
						`${Number(day)}/${Number(month)}-${year.slice(2)} kl. ${clock} ${systolic} / ${diastolic} mmHg`,
						`${day}.${month}.${year}; ${clock}; ${systolic}; ${diastolic}`
					][way];
				});
				const { lines, unread } = pressures(text.join('\n'));
				expect(unread).toEqual([]);
				expect(lines).toEqual(
					readings.map(({ back, minutes, systolic, diastolic }) => ({
						date: addDays(today, -back),
						clock: clockText(minutes),
						typed: { systolic: String(systolic), diastolic: String(diastolic) }
					}))
				);
			})
		);
	});

	test('any text at all is read without harm, and no day lies in the future by itself', () => {
		fc.assert(
			fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
				for (const { date } of pressures(text).lines) expect(date === '' || parseLocalDate(date)).toBeTruthy();
			})
		);
	});
});
