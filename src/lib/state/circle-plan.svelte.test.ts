import { expect, test } from 'vitest';
import { asMember, CONTACT, MemoryCircle, OWNER } from '../../../tests/doubles/memory-circle.svelte';
import { gainClause, moment, rule } from '../../../tests/support/plan';
import { must } from '$lib/domain/assert';
import { emptyPlan, type Plan } from '$lib/domain/plan/plan';
import type { IdentityId } from '$lib/protocol/ids';
import { agreedAt, CirclePlan, type Me } from './circle-plan.svelte';

const written: Plan = { ...emptyPlan(), rules: [rule([gainClause()], { id: 'r' })] };

/** The same circle as the person and as the care contact see it. */
function bothSides() {
	const circle = new MemoryCircle();
	const as = (identity: IdentityId, role: Me['role']) =>
		new CirclePlan(asMember(circle, { identity, role, actsFor: false }));
	return {
		circle,
		person: as(OWNER, 'owner'),
		contact: as(CONTACT, 'careContact'),
		other: as('X' as IdentityId, 'relative')
	};
}

const weigh = (circle: MemoryCircle, kilos: number, day: number) =>
	circle.record({
		measure: 'weight',
		values: { weight: kilos },
		effective: moment(day),
		source: { kind: 'manual' }
	});

test('a plan the care contact proposes holds when the person agrees, and is then one both have', async () => {
	const { person, contact } = bothSides();
	expect((await contact.propose(written, null, CONTACT)).ok).toBe(true);
	const [waiting] = person.toAnswer;
	expect(contact.toAnswer).toEqual([]);
	expect(person.zone(moment(0))).toBeNull();
	await person.accept(must(waiting, 'a proposal'));
	expect(person.current?.ref).toBe(waiting?.ref);
	expect(contact.current?.ref).toBe(waiting?.ref);
	expect(person.numberOf(must(person.current, 'in force'))).toBe(1);
	expect(person.toAnswer).toEqual([]);
});

test('a person’s own plan holds at once, and nobody else is asked', async () => {
	const { person, contact } = bothSides();
	await person.propose(written, null, null);
	expect(person.current?.careContact).toBeNull();
	expect(contact.toAnswer).toEqual([]);
	expect(agreedAt(must(person.current, 'in force'))).toBe(person.current?.at);
});

test('who is neither party answers nothing', async () => {
	const { contact, other } = bothSides();
	await contact.propose(written, null, CONTACT);
	const version = must(other.state.proposals[0], 'a proposal');
	expect(other.partyFor(version)).toBeNull();
	expect(await other.accept(version)).toEqual({ ok: false, error: { type: 'not-allowed' } });
});

test('a plan that cannot be written says every fault, and nothing is said in the circle', async () => {
	const { person } = bothSides();
	const told = await person.propose({ ...written, matters: [{ id: 'a', text: 'x'.repeat(100_000) }] }, null, null);
	expect(told).toMatchObject({ ok: false, error: { type: 'unwritable', faults: [{ type: 'text-too-long' }] } });
	expect(person.state.versions).toEqual([]);
});

test('the zone is unknown without a weight today, and yellow with the readings that made it so', async () => {
	const { circle, person } = bothSides();
	await person.propose(written, null, null);
	await weigh(circle, 74, 0);
	await weigh(circle, 74.2, 1);
	expect(person.zone(moment(2, '06:00'))?.zone).toBe('unknown');
	await weigh(circle, 76.4, 2);
	const zone = must(person.zone(moment(2, '08:00')), 'a zone');
	expect(zone.zone).toBe('yellow');
	const [finding] = zone.reasons.flatMap(({ clauses }) => clauses.map((each) => each.finding));
	const ids = finding && finding.verdict === 'met' ? finding.readings : [];
	expect(ids.map((id) => person.readingOf('weight', id)?.values['weight'])).toEqual([74, 76.4]);
});

test('a reader without the book of a clause is told so, and never green', async () => {
	const { circle, person } = bothSides();
	await person.propose(written, null, null);
	await weigh(circle, 74, 0);
	const zone = new CirclePlan(asMember(circle, null, ['pulse'])).zone(moment(0));
	expect(zone).toMatchObject({ zone: 'unknown' });
	expect(zone?.reasons[0]?.clauses[0]?.finding).toEqual({
		verdict: 'unknown',
		why: { type: 'book-unreadable', measure: 'weight' }
	});
});
