import { expect, test } from 'vitest';
import { byNeed, isUnder, needOf, type Need, type PatientFacts } from './panel-need';
import { effectiveAt, type LocalDate } from './time';

const zone = 'Europe/Stockholm';
const today = '2025-11-17' as LocalDate;
const on = (text: string): number => Date.parse(`${text}:00+01:00`);
const measured = (...times: string[]) => times.map((text) => effectiveAt(on(text), zone));

const joined = (facts: Partial<PatientFacts>): PatientFacts => ({
	standing: 'joined',
	sharedAt: on('2025-11-01T09:00'),
	measured: {},
	seen: null,
	zone: null,
	askedAt: null,
	...facts
});

test('somebody new is a reason of its own, whatever they have measured', () => {
	const need = needOf(
		{ ...joined({ measured: { weight: measured('2025-11-16T07:00') } }), standing: 'invited' },
		today,
		zone
	);
	expect(need).toEqual({ reason: 'invited', news: [], silentDays: null, since: on('2025-11-01T09:00') });
});

test('before the first look every value is new', () => {
	const facts = joined({
		measured: { bloodPressure: measured('2025-11-15T07:00', '2025-11-16T07:00'), weight: measured('2025-11-14T07:00') }
	});
	expect(needOf(facts, today, zone)).toEqual({
		reason: 'new',
		news: [
			{ measure: 'bloodPressure', count: 2 },
			{ measure: 'weight', count: 1 }
		],
		silentDays: null,
		since: on('2025-11-14T07:00')
	});
});

test('a look covers what each measure had then, and no more', () => {
	const facts = joined({
		measured: { bloodPressure: measured('2025-11-15T07:00', '2025-11-16T07:00'), weight: measured('2025-11-14T07:00') },
		seen: { at: on('2025-11-15T12:00'), until: { bloodPressure: on('2025-11-15T07:00') } }
	});
	expect(needOf(facts, today, zone).news).toEqual([
		{ measure: 'bloodPressure', count: 1 },
		{ measure: 'weight', count: 1 }
	]);
});

test('a value dated ahead of the look does not hide the values that follow', () => {
	const facts = joined({
		measured: { weight: measured('2025-11-16T07:00', '2026-11-15T07:00') },
		seen: { at: on('2025-11-15T12:00'), until: { weight: on('2026-11-15T07:00') } }
	});
	expect(needOf(facts, today, zone).news).toEqual([{ measure: 'weight', count: 2 }]);
});

test.each([
	['2025-11-11T23:50', 'none', null],
	['2025-11-10T00:10', 'silent', 7],
	['2025-10-20T07:00', 'silent', 28]
])('last value %s: %s', (last, reason, silentDays) => {
	const facts = joined({ measured: { weight: measured(last) }, seen: { at: on('2025-11-05T09:00'), until: {} } });
	const covered = { ...facts, seen: { at: on(last) + 1, until: { weight: on(last) } } };
	expect(needOf(covered, today, zone)).toMatchObject({ reason, silentDays });
});

test('silence that somebody looked at comes back after a week, and can be found meanwhile', () => {
	const silent = (seenAt: string) =>
		needOf(
			joined({
				measured: { weight: measured('2025-11-01T07:00') },
				seen: { at: on(seenAt), until: { weight: on('2025-11-01T07:00') } }
			}),
			today,
			zone
		);
	expect(silent('2025-11-11T09:00').reason).toBe('none');
	expect(isUnder('silent', silent('2025-11-11T09:00'), null)).toBe(true);
	expect(silent('2025-11-10T09:00').reason).toBe('silent');
});

test('somebody who shares and never measures is silent since they shared', () => {
	expect(needOf(joined({}), today, zone)).toMatchObject({ reason: 'silent', silentDays: 16 });
	expect(needOf(joined({ sharedAt: on('2025-11-12T09:00') }), today, zone)).toMatchObject({
		reason: 'none',
		silentDays: null
	});
});

test('values nobody has seen, followed by silence: both are told', () => {
	expect(needOf(joined({ measured: { weight: measured('2025-11-01T07:00') } }), today, zone)).toMatchObject({
		reason: 'new',
		silentDays: 16
	});
});

test('the list stands by need, longest waiting first, the rest by Swedish name, whatever order they came in', () => {
	const row = (name: string, reason: Need['reason'], since = 0) => ({
		id: name,
		name,
		need: { reason, news: [], silentDays: null, since }
	});
	const rows = [
		row('Örjan', 'none', 1),
		row('Ali', 'silent', 2),
		row('Zara', 'none', 2),
		row('Bo', 'new', 9),
		row('Cia', 'new', 3),
		row('Dan', 'invited', 5),
		row('Gun', 'yellow', 8),
		row('Siv', 'asked', 1),
		row('Kim', 'red', 9),
		row('Åke', 'none', 0),
		row('Eva', 'silent', 1)
	];
	const wanted = ['Kim', 'Gun', 'Dan', 'Siv', 'Cia', 'Bo', 'Eva', 'Ali', 'Zara', 'Åke', 'Örjan'];
	expect(byNeed(rows, 'sv').map(({ name }) => name)).toEqual(wanted);
	expect(byNeed(rows.toReversed(), 'sv').map(({ name }) => name)).toEqual(wanted);
});

test('Behöver dig leaves out those where nothing waits; Alla leaves out nobody', () => {
	const rest = needOf(
		joined({
			measured: { weight: measured('2025-11-16T07:00') },
			seen: { at: on('2025-11-16T12:00'), until: { weight: on('2025-11-16T07:00') } }
		}),
		today,
		zone
	);
	expect(isUnder('needs', rest, null)).toBe(false);
	expect(isUnder('silent', rest, null)).toBe(false);
	expect(isUnder('all', rest, null)).toBe(true);
});

test('a zone nobody has looked at since goes first; one that was looked at stays under its filter alone', () => {
	const yellow = { zone: 'yellow' as const, since: on('2025-11-16T07:00') };
	const of = (seenAt: string | null, facts: Partial<PatientFacts> = {}) =>
		needOf(
			joined({
				measured: { weight: measured('2025-11-16T07:00') },
				seen: seenAt === null ? null : { at: on(seenAt), until: { weight: on('2025-11-16T07:00') } },
				zone: yellow,
				...facts
			}),
			today,
			zone
		);
	expect(of(null)).toMatchObject({ reason: 'yellow', since: yellow.since, news: [{ measure: 'weight', count: 1 }] });
	expect(of('2025-11-16T06:59').reason).toBe('yellow');
	expect(of('2025-11-16T07:00').reason).toBe('none');
	expect(isUnder('yellow', of('2025-11-16T07:00'), 'yellow')).toBe(true);
	expect(isUnder('red', of(null), 'yellow')).toBe(false);
	expect(of(null, { zone: { zone: 'unknown', since: null } }).reason).toBe('new');
});

test('a plan that waits for an answer comes before values, and after a zone', () => {
	const asked = joined({ measured: { weight: measured('2025-11-16T07:00') }, askedAt: on('2025-11-10T08:00') });
	expect(needOf(asked, today, zone)).toMatchObject({ reason: 'asked', since: on('2025-11-10T08:00') });
	const red = { zone: 'red' as const, since: on('2025-11-16T07:00') };
	expect(needOf({ ...asked, zone: red }, today, zone).reason).toBe('red');
});
