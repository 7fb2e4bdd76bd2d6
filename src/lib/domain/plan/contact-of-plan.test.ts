import { expect, test } from 'vitest';
import { must } from '../assert';
import type { LocalDate } from '../time';
import {
	appointmentsFrom,
	contactFrom,
	coverOn,
	coversFrom,
	fixedContactOf,
	withFixedContact
} from './contact-of-plan';
import { emptyPlan, type Plan } from './plan';
import { planFromTemplate } from './plan-from-template';

const day = (date: string) => date as LocalDate;
const anna = { id: 'anna', name: 'Anna', organisation: 'region' as const };

test('a plan begun with a contact lets yellow ring them, and leaves red as it is', () => {
	let made = 0;
	const begun = planFromTemplate(
		'heartFailure',
		(text) => text,
		() => `id${(made += 1)}`
	);
	const plan = withFixedContact(begun, anna);
	expect(fixedContactOf(plan)).toEqual(anna);
	for (const { zone, steps } of plan.rules)
		expect(steps.at(-1)).toEqual({ kind: 'call', contact: zone === 'red' ? '112' : 'anna' });
});

test('what is known of a contact becomes a line that can be written', () => {
	expect(contactFrom({ name: ' ' })).toBeNull();
	expect(contactFrom({ name: 'Anna', unit: 'Anna', phone: 'ring växeln', hours: '' })).toEqual({
		name: 'Anna',
		organisation: 'region'
	});
	const long = must(contactFrom({ name: 'A'.repeat(200), phone: '031-390 06 12', hours: 'må' }), 'a contact');
	expect(long.name).toHaveLength(80);
	expect(long).toMatchObject({ phone: '031-390 06 12', hours: 'må' });
});

const covers: Plan['covers'] = [
	{ id: 'a', contact: 'anna', name: 'Jonas', from: day('2026-12-01'), until: day('2026-12-10') },
	{ id: 'b', contact: 'anna', name: 'Moa', from: day('2026-12-05'), until: day('2026-12-05') },
	{ id: 'c', contact: 'bo', name: 'Kim', from: day('2026-01-01'), until: day('2027-01-01') }
];

test('who stands in is the one that began last, on both days too', () => {
	const on = (date: string) => coverOn('anna', { covers }, day(date))?.name;
	expect([on('2026-11-30'), on('2026-12-01'), on('2026-12-05'), on('2026-12-10'), on('2026-12-11')]).toEqual([
		undefined,
		'Jonas',
		'Moa',
		'Jonas',
		undefined
	]);
	expect(coversFrom({ covers }, day('2026-12-06')).map(({ id }) => id)).toEqual(['c', 'a']);
});

test('an agreed time stands until it is over, an hour where nothing else is said', () => {
	const at = (utc: number) => ({ utc, offset: 60, zone: 'Europe/Stockholm' });
	const appointments = [
		{ id: 'late', title: 'B', at: at(9_000_000) },
		{ id: 'soon', title: 'A', at: at(1_000_000), minutes: 10 }
	];
	const plan = { ...emptyPlan(), appointments };
	const ids = (utc: number) => appointmentsFrom(plan, utc).map(({ id }) => id);
	expect(ids(1_599_999)).toEqual(['soon', 'late']);
	expect(ids(1_600_000)).toEqual(['late']);
	expect(ids(9_000_000 + 3_600_000)).toEqual([]);
});
