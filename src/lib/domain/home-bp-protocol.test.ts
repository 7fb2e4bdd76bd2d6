import { describe, expect, test } from 'vitest';
import { homeBpPresets } from './home-bp-presets';
import { createOwnProtocol, homeBpProtocolIds, homeBpProtocolSchema, type OwnProtocolValues } from './home-bp-protocol';

const { id: _id, version: _version, sourceKey: _sourceKey, ...eshValues } = homeBpPresets['esh-7d'];

describe('the protocols of the sources', () => {
	test.each(Object.entries(homeBpPresets))('%s is a protocol, and stands under its own name', (name, preset) => {
		expect(homeBpProtocolSchema.parse(structuredClone(preset))).toEqual(preset);
		expect(preset.id).toBe(name);
	});

	test('every name but one’s own has a protocol, with words for its source', () => {
		expect([...Object.keys(homeBpPresets), 'own']).toEqual(homeBpProtocolIds);
		const keys = Object.values(homeBpPresets).map(({ sourceKey }) => sourceKey);
		expect(new Set(keys).size).toBe(keys.length);
	});

	test.each([
		['esh-7d', 7, 2, 1, 0],
		['no-discard', 7, 2, 0, 0],
		['se-vardcentral-3x', 7, 3, 1, 0],
		['se-janusinfo-2020', 7, 3, 0, 1],
		['se-5x3', 5, 3, 1, 0],
		['jabfm', 5, 3, 2, 1]
	] as const)('%s: %i days, %i a session, %i days and %i of each session dropped', (id, ...numbers) => {
		const { days, readingsPerSession, dropFirstDays, dropFirstOfSession } = homeBpPresets[id];
		expect([days, readingsPerSession, dropFirstDays, dropFirstOfSession]).toEqual(numbers);
	});
});

describe('a protocol of one’s own', () => {
	const refusedFields = (values: Partial<OwnProtocolValues>) => {
		const result = createOwnProtocol({ ...eshValues, ...values });
		return result.ok ? [] : result.error.fields;
	};

	test('sane values are taken as they are', () => {
		expect(createOwnProtocol(eshValues)).toEqual({
			ok: true,
			value: { ...eshValues, id: 'own', version: 1, sourceKey: 'home_bp_source_own' }
		});
	});

	test('values outside their bounds are named, all at once', () => {
		expect(refusedFields({ days: 2, readingsPerSession: 6, pauseSeconds: 0 })).toEqual([
			'days',
			'readingsPerSession',
			'pauseSeconds'
		]);
		expect(refusedFields({ days: 4.5 })).toEqual(['days']);
		expect(refusedFields({ restSeconds: Number.NaN })).toEqual(['restSeconds']);
	});

	test('a minimum that the series could never reach is refused', () => {
		expect(refusedFields({ days: 3 })).toEqual(['minimum']);
		expect(refusedFields({ days: 3, minimum: { readings: 8, days: 2 } })).toEqual([]);
		expect(refusedFields({ readingsPerSession: 1, dropFirstOfSession: 1 })).toEqual(['minimum']);
	});

	test('a window stays within its part of the day, and begins before it ends', () => {
		const morning = (fromMinutes: number, untilMinutes: number) =>
			refusedFields({ days: 7, sessions: [{ part: 'morning', fromMinutes, untilMinutes }], readingsPerSession: 2 });
		expect(morning(240, 720)).toEqual([]);
		expect(morning(180, 600)).toEqual(['sessions']);
		expect(morning(600, 721)).toEqual(['sessions']);
		expect(morning(600, 600)).toEqual(['sessions']);
	});

	test('there are one or two sessions, the morning first and neither twice', () => {
		const [morning, evening] = eshValues.sessions;
		expect(refusedFields({ sessions: [] })).toEqual(['sessions']);
		if (!morning || !evening) throw new Error('two sessions');
		expect(refusedFields({ sessions: [evening] })).toEqual([]);
		expect(refusedFields({ sessions: [evening, morning] })).toEqual(['sessions']);
		expect(refusedFields({ sessions: [morning, morning] })).toEqual(['sessions']);
	});
});
