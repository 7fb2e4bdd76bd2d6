import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { clauses, rule } from '../../../../tests/support/plan';
import type { LocalDate } from '../time';
import { emptyPlan, MAX_PLAN_BYTES, parsePlan, type Plan, writePlan } from './plan';
import { isPlainText, plainText } from './text';

const withText = (text: string): Plan => ({ ...emptyPlan(), matters: [{ id: 'm1', text }] });
const errorsOf = (plan: Plan) => {
	const written = writePlan(plan);
	return written.ok ? [] : written.error;
};
const readBack = (plan: Plan) => {
	const written = writePlan(plan);
	return written.ok ? parsePlan(JSON.parse(written.value)) : written;
};

describe('a version of a plan', () => {
	test('is read back as it was written', () => {
		const plan = {
			...withText('Kunna gå till Sara på söndagar'),
			story: 'Rad ett\nRad två',
			followUp: '2027-02-01' as LocalDate
		};
		expect(readBack(plan)).toEqual({ ok: true, value: plan });
	});

	test('with any clause, too', () => {
		fc.assert(
			fc.property(clauses, (clause) => {
				const plan = { ...emptyPlan(), rules: [rule([clause])] };
				expect(readBack(plan)).toEqual({ ok: true, value: plan });
			})
		);
	});

	test('of a newer app is named and not read in part', () => {
		expect(parsePlan({ v: 2, matters: [{ id: 'm', text: 'Något' }] })).toEqual({
			ok: false,
			error: { type: 'newer', v: 2 }
		});
		expect(parsePlan({ ...emptyPlan(), v: 0 })).toEqual({ ok: false, error: { type: 'unreadable' } });
		expect(parsePlan({ ...emptyPlan(), more: 1 })).toEqual({ ok: false, error: { type: 'unreadable' } });
		expect(parsePlan(null).ok).toBe(false);
	});

	test('keeps a clause of a newer app as it stands, through a change of something else', () => {
		const raw = { id: 'n1', kind: 'dream', depth: [1, { two: 2 }] };
		const parsed = parsePlan({ ...emptyPlan(), rules: [{ ...rule([]), id: 'r1', clauses: [raw] }] });
		const plan = parsed.ok ? parsed.value : emptyPlan();
		expect(plan.rules[0]?.clauses).toEqual([{ kind: 'newer', id: 'n1', raw }]);
		const written = writePlan({ ...plan, story: 'Ändrat' });
		const stored = (written.ok ? JSON.parse(written.value) : {}) as { rules: { clauses: unknown[] }[] };
		expect(stored.rules[0]?.clauses).toEqual([raw]);
	});

	test.each([
		['another measure', { id: 'n', kind: 'silence', measure: 'dream', days: 3 }],
		['another question', { id: 'n', kind: 'symptom', field: 'dreams', step: 1, withinDays: 2 }],
		['another field', { id: 'n', kind: 'value', measure: 'weight', field: 'muscle', relation: 'over', limit: 1 }]
	])('a clause about %s is newer; with known names and broken it is neither', (_, raw) => {
		const stored = (clause: unknown) => ({ ...emptyPlan(), rules: [{ ...rule([]), id: 'r1', clauses: [clause] }] });
		expect(parsePlan(stored(raw)).ok).toBe(true);
		expect(parsePlan(stored({ id: 'n', kind: 'silence', measure: 'weight', days: 'three' }))).toEqual({
			ok: false,
			error: { type: 'unreadable' }
		});
	});

	test('refuses two lines with one id, and a limit on what has no number', () => {
		const twice = { ...emptyPlan(), matters: [{ id: 'a', text: 'x' }], green: [{ id: 'a', text: 'y' }] };
		expect(errorsOf(twice)).toMatchObject([{ type: 'invalid' }]);
		const health = {
			id: 'v',
			kind: 'value',
			measure: 'selfRatedHealth',
			field: 'step',
			relation: 'over',
			limit: 3,
			readings: 1,
			withinDays: 2
		} as const;
		expect(errorsOf({ ...emptyPlan(), rules: [rule([health])] })).toMatchObject([{ type: 'invalid' }]);
	});

	test.each([
		['https://vard.example/rum/7', true],
		['http://vard.example', false],
		['javascript:alert(1)', false],
		['https://user:pass@vard.example', false],
		['https:// vard.example', false],
		['https://', false]
	])('a video link %s: %s', (video, isTaken) => {
		const at = { utc: 1_795_334_400_000, offset: 60, zone: 'Europe/Stockholm' };
		expect(errorsOf({ ...emptyPlan(), appointments: [{ id: 'a', title: 'Samtal', at, video }] })).toHaveLength(
			isTaken ? 0 : 1
		);
	});
});

describe('long and strange text', () => {
	test('text of 100,000 characters is named, with how long it is and may be', () => {
		expect(errorsOf(withText('å'.repeat(100_000)))).toEqual([
			{ type: 'text-too-long', place: 'matters.0.text', length: 100_000, most: 300 }
		]);
	});

	test('much text in many lines is named as the whole plan', () => {
		const text = 'ö'.repeat(300);
		const actions = Array.from({ length: 40 }, (_, n) => ({ id: `a${n}`, who: 'me' as const, text }));
		const medicines = Array.from({ length: 40 }, (_, n) => ({
			id: `m${n}`,
			name: text.slice(0, 80),
			dose: '1',
			note: text
		}));
		const errors = errorsOf({ ...emptyPlan(), actions, medicines, story: 'å'.repeat(4000) });
		expect(errors).toMatchObject([{ type: 'plan-too-large', most: MAX_PLAN_BYTES }]);
	});

	test('Arabic and Hebrew are text like any other', () => {
		expect(readBack(withText('أريد أن أمشي مع حفيدتي')).ok).toBe(true);
		expect(readBack(withText('לטייל עם הנכדה, 3 ק״מ')).ok).toBe(true);
	});

	test('signs that turn the direction of other text are refused, and taken out without a word being lost', () => {
		const hidden = 'Ring \u202E211\u202C\u0000 nu';
		expect(errorsOf(withText(hidden))).toEqual([{ type: 'invalid', places: ['matters.0.text'] }]);
		expect(plainText(hidden)).toBe('Ring 211 nu');
		expect(plainText('  en\r\ntvå\ttre\u2028fyra ')).toBe('en\ntvå tre\nfyra');
	});

	/** Halves of pairs, controls and all. */
	const units = fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 30 });

	test('what was made plain is plain, and stays as it is', () => {
		fc.assert(
			fc.property(units, (codes) => {
				const text = String.fromCharCode(...codes);
				expect(isPlainText(plainText(text))).toBe(true);
				expect(plainText(plainText(text))).toBe(plainText(text));
			})
		);
	});
});
