import { beforeEach, expect, test } from 'vitest';
import type { MeasureKind } from '$lib/domain/measures';
import type { Observation } from '$lib/domain/observation';
import { effectiveAt, type LocalDate } from '$lib/domain/time';
import { overwriteGetLocale } from '$lib/i18n/paraglide/runtime';
import { homeBpPresets } from '$lib/domain/home-bp-presets';
import type { MeasuringSeries } from '$lib/domain/measuring-series';
import { journalText } from './journal-text';

beforeEach(() => overwriteGetLocale(() => 'sv'));

const reading = (
	measure: MeasureKind,
	at: string,
	values: Record<string, number>,
	source: Observation['source']['kind'] = 'manual'
): Observation => ({
	id: at,
	measure,
	values,
	effective: effectiveAt(Date.parse(`${at}:00+01:00`), 'Europe/Stockholm'),
	source: { kind: source },
	device: 'd',
	amended: false,
	conflicting: false
});

const all: Observation[] = [
	reading('bloodPressure', '2025-09-01T07:00', { systolic: 190, diastolic: 99 }),
	reading('bloodPressure', '2025-11-15T07:10', { systolic: 132, diastolic: 76, pulse: 64 }),
	reading('bloodPressure', '2025-11-15T20:10', { systolic: 140, diastolic: 82, pulse: 67 }, 'device'),
	reading('bloodPressure', '2025-11-16T07:10', { systolic: 134, diastolic: 78 }),
	reading('weight', '2025-08-01T07:00', { weight: 74.1 }),
	reading('selfRatedHealth', '2025-11-14T07:00', { step: 2 })
];

test('the text says whose measurements, the period, means with their counts, times and how the values came in', () => {
	const text = journalText({
		name: 'Märta Lindqvist',
		unit: 'Hjärtsvikt',
		kinds: ['bloodPressure', 'weight', 'pulse', 'selfRatedHealth'],
		observations: (kind) => all.filter(({ measure }) => measure === kind),
		series: [],
		range: '30d',
		today: '2025-11-17' as LocalDate,
		now: { utc: Date.parse('2025-11-17T08:04:00+01:00'), offset: 60 }
	});
	expect(text.replaceAll('\u00a0', ' ')).toBe(
		[
			'Egenmätta värden. Källa: patientens egna mätningar, delade med Hjärtsvikt genom Hemlinje.',
			'Namn enligt patienten: Märta Lindqvist',
			'Period: 2025-10-19 till 2025-11-17 (30 dagar). Utskrivet 2025-11-17 kl. 08.04.',
			'',
			'Blodtryck: snitt 135/79 mmHg, n = 3. Morgon 133/77 mmHg, n = 2. Kväll 140/82 mmHg, n = 1.',
			'Puls vid blodtryck: snitt 66/min, n = 2.',
			'Senast 134/78, 2025-11-16 kl. 07.10.',
			'Mätt mellan 2025-11-15 kl. 07.10 och 2025-11-16 kl. 07.10.',
			'Så kom värdena in: skrivna för hand 2, från mätare 1.',
			'',
			'Vikt: inga mätningar under perioden.',
			'',
			'Mående: vanligaste svaret Bra, 1 av 1.',
			'Senast Bra, 2025-11-14 kl. 07.00.',
			'Mätt mellan 2025-11-14 kl. 07.00 och 2025-11-14 kl. 07.00.',
			'Så kom värdena in: skrivna för hand 1.',
			'',
			'Värdena är inte kontrollerade av vården.'
		].join('\n')
	);
});

test('a series says its days, its protocol, and whether its mean is valid', () => {
	const morning = (date: string, systolic: number) =>
		[0, 2].map((minute) => ({
			...reading('bloodPressure', `${date}T07:0${minute}`, { systolic: systolic + minute, diastolic: 80 }),
			context: { series: 'week' }
		}));
	const series: MeasuringSeries = {
		id: 'week',
		protocol: homeBpPresets['esh-7d'],
		start: '2025-11-10' as LocalDate,
		endedAt: null
	};
	const text = (readings: readonly Observation[]) =>
		journalText({
			name: 'Märta',
			unit: 'Hjärtsvikt',
			kinds: ['bloodPressure'],
			observations: () => readings,
			series: [series],
			range: '30d',
			today: '2025-11-17' as LocalDate,
			now: { utc: Date.parse('2025-11-17T08:04:00+01:00'), offset: 60 }
		})
			.split('\n')
			.find((line) => line.startsWith('Mätserie'));
	const days = ['10', '11', '12', '13', '14', '15', '16'].flatMap((date, at) => morning(`2025-11-${date}`, 140 - at));
	expect(text([])).toContain('för få mätningar för ett medelvärde');
	expect(text(days.slice(0, 4))).toContain(
		'medelvärde 140/80 mmHg, preliminärt (2 mätningar på 1 dag, giltigt från 12)'
	);
	expect(text(days)).toContain('medelvärde 138/80 mmHg, giltigt (12 mätningar på 6 dagar; morgon 138/80, kväll –)');
});

test('symptoms are told question by question, never as if the first were all, and the latest answers by name', () => {
	const readings = [
		reading('symptoms', '2025-11-14T07:00', { breathlessness: 1, swelling: 0 }),
		reading('symptoms', '2025-11-15T07:00', { breathlessness: 1 }),
		reading('symptoms', '2025-11-16T07:00', { breathlessness: 2, swelling: 1, chestPain: 1 })
	];
	const text = journalText({
		name: 'Märta',
		unit: 'Hjärtsvikt',
		kinds: ['symptoms'],
		observations: () => readings,
		series: [],
		range: '30d',
		today: '2025-11-17' as LocalDate,
		now: { utc: Date.parse('2025-11-17T08:04:00+01:00'), offset: 60 }
	});
	expect(text.replaceAll('\u00a0', ' ').split('\n').slice(4, 11)).toEqual([
		'Symtom: besvarat, n = 3.',
		'Andfåddhet: vanligaste svaret Lite, 2 av 3.',
		'Svullna ben, fötter eller mage: vanligaste svaret Lite, 1 av 2.',
		'Senast 3 symtom, 2025-11-16 kl. 07.00.',
		'– Andfåddhet: Ganska mycket',
		'– Svullna ben, fötter eller mage: Lite',
		'– Ont eller tryck i bröstet: Lite'
	]);
});
