import { describe, expect, test } from 'vitest';
import { gainClause, rule } from '../../../../tests/support/plan';
import type { LocalDate } from '../time';
import { type KnownVersion, lineOrigins, suggestedLines } from './origins';
import { emptyPlan, type Plan } from './plan';

const base: Plan = {
	...emptyPlan(),
	matters: [{ id: 'm1', text: 'Gå till Sara' }],
	rules: [rule([gainClause()], { id: 'r1', source: 'weightGain' })]
};
const changed: Plan = {
	...base,
	matters: [
		{ id: 'm2', text: 'Sjunga i kören' },
		{ id: 'm1', text: 'Gå till Sara varje söndag' }
	],
	story: 'Jag var lärare.'
};

describe('who wrote a line', () => {
	const versions: KnownVersion[] = [
		{ ref: 'v1', base: null, author: 'marta', at: 1, plan: base },
		{ ref: 'v2', base: 'v1', author: 'anna', at: 2, plan: changed },
		{ ref: 'v3', base: 'v2', author: 'sara', at: 3, plan: { ...changed, followUp: '2027-01-01' as LocalDate } }
	];
	const versionOf = (ref: string) => versions.find((version) => version.ref === ref);
	const latest = versions[2] as KnownVersion;

	test('is who signed the version it first stood so in', () => {
		const origins = lineOrigins(latest, versionOf);
		const told = (key: string) => [origins.get(key)?.author, origins.get(key)?.at];
		expect(told('rules r1')).toEqual(['marta', 1]);
		expect(told('matters m1')).toEqual(['anna', 2]);
		expect(told('story story')).toEqual(['anna', 2]);
		expect(told('followUp followUp')).toEqual(['sara', 3]);
	});

	test('is told as that or earlier when the versions before are not here', () => {
		const origins = lineOrigins(latest, (ref) => (ref === 'v1' ? undefined : versionOf(ref)));
		expect(origins.get('rules r1')).toEqual({ author: 'anna', at: 2, orEarlier: true });
		expect(origins.get('followUp followUp')).toEqual({ author: 'sara', at: 3, orEarlier: false });
	});

	test('versions that name each other end', () => {
		const ring: KnownVersion[] = [
			{ ref: 'a', base: 'b', author: 'x', at: 1, plan: base },
			{ ref: 'b', base: 'a', author: 'y', at: 2, plan: base }
		];
		const origins = lineOrigins(ring[0] as KnownVersion, (ref) => ring.find((each) => each.ref === ref));
		expect(origins.get('rules r1')?.author).toBe('y');
	});

	test('a number with a source is a suggestion until a care contact approved the line as it stands', () => {
		expect([...suggestedLines(latest, versionOf, () => false)]).toEqual(['rules r1']);
		expect(suggestedLines(latest, versionOf, (ref) => ref === 'v2').size).toBe(0);
		const raised = {
			...latest,
			plan: { ...base, rules: [rule([gainClause({ kg: 3 })], { id: 'r1', source: 'weightGain' })] }
		};
		expect(suggestedLines(raised, versionOf, (ref) => ref === 'v2').size).toBe(1);
	});
});
