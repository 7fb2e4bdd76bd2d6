/**
 * Any change of members by the owner, planned and carried out, is a record that relay and clients accept; without any one
 * of its cuts or new keys they refuse it; whoever lost a book gets none of its later keys; and the history tells the rights.
 */
import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { newPerson, seededRandom, TestCircle } from '../../../tests/support/people';
import { must } from '$lib/domain/assert';
import { grantable, type Access, type Role } from '$lib/domain/rights';
import { circleHistory } from './circle-history';
import { keyCommit } from './envelope';
import { readableAfter } from './farewell';
import type { BookId, IdentityId } from './ids';
import { accessOf, memberOf, type Manifest, type Member } from './manifest';
import { carryOut, keysToHandOut, planChange } from './membership-plan';

vi.mock('$lib/crypto/signing', async (original) => {
	const { markedSigning } = await import('../../../tests/support/marked-signing');
	return { ...(await original<object>()), ...markedSigning() };
});

const random = seededRandom('plan');
const owner = newPerson(random);
const people = [newPerson(random), newPerson(random), newPerson(random)];
const kinds = ['weight', 'pulse', 'medicines', 'profile', 'log'] as const;
const roles = ['coOwner', 'relative', 'viewer'] as const;

/** For each person what they hold of each book; null: they are out. */
const wish = fc.tuple(
	...people.map(() => fc.option(fc.tuple(...kinds.map(() => fc.constantFrom('none', 'r', 'w'))), { freq: 3 }))
);

function membersOf(circle: TestCircle, wished: readonly (readonly string[] | null)[]): Member[] {
	const head = circle.head.body;
	const others = people.flatMap((person, index): Member[] => {
		const given = wished[index];
		const role: Role = must(roles[index], 'a role');
		if (!given) return [];
		const rights = circle.books.flatMap((book, at) => {
			const most = grantable(role, book.kind);
			const access = given[at] === 'none' || most === null ? null : most === 'r' ? 'r' : (given[at] as Access);
			return access ? [{ book: book.id, access, fromEpoch: 1 }] : [];
		});
		return [{ identity: person.identity.id, idHead: person.identity.head, role, actsFor: false, rights }];
	});
	return [must(memberOf(head, owner.identity.id), 'the owner'), ...others];
}

function propose(circle: TestCircle, members: Member[]) {
	const before = circle.head.body;
	const wanted = { members, invites: before.invites };
	const plan = planChange(before, wanted);
	const keys = new Map(plan.raised.map((book) => [book, random(32)]));
	const parts = carryOut(before, wanted, plan, {
		headsAt: () => [],
		commitOf: (book) => keyCommit(must(keys.get(book), 'a key'))
	});
	return { plan, keys, parts };
}

test('what is planned is accepted whole and refused in part', { timeout: 60_000 }, () => {
	const seen = { losses: 0, removed: 0, refusals: 0 };
	fc.assert(
		fc.property(fc.array(wish, { minLength: 1, maxLength: 5 }), (wishes) => {
			const circle = new TestCircle(owner, kinds, random);
			for (const person of people) circle.people.set(person.identity.id, person);
			const verdict = (change: Partial<Manifest>) =>
				circle.verify([...circle.records, circle.propose(owner, change)]).ok;
			for (const wished of wishes) {
				const before = circle.head.body;
				const { plan, keys, parts } = propose(circle, membersOf(circle, wished));
				for (const cut of parts.cuts.slice(before.cuts.length)) {
					expect(verdict({ ...parts, cuts: parts.cuts.filter((each) => each !== cut) })).toBe(false);
					seen.refusals += 1;
				}
				for (const raised of plan.raised) {
					const books = parts.books.map((book) =>
						must(book.id === raised ? before.books.find((old) => old.id === raised) : book, 'b')
					);
					expect(verdict({ ...parts, books })).toBe(false);
				}
				const handed = keysToHandOut(before, parts, plan);
				const getsKey = (member: IdentityId, book: BookId) =>
					handed.some(
						(each) =>
							each.member === member && (each.fresh.includes(book) || each.whole.some((whole) => whole.book === book))
					);
				for (const book of plan.raised)
					for (const { identity, rights } of parts.members)
						expect(getsKey(identity, book)).toBe(rights.some((right) => right.book === book));
				for (const { member, book } of plan.losses)
					expect(getsKey(member, book)).toBe(accessOf(memberOf(parts, member), book) !== null);
				for (const book of circle.books) {
					const key = keys.get(book.id);
					if (key) book.keys.push(key);
				}
				circle.extend(owner, parts);
				seen.losses += plan.losses.length;
				seen.removed += before.members.filter(({ identity }) => !memberOf(parts, identity)).length;
			}
			historyTellsTheRights(circle);
			farewellEndsAtTheFirstRecordWithoutThem(circle);
		}),
		{ numRuns: 300, seed: 20_261_125 }
	);
	expect(Math.min(...Object.values(seen))).toBeGreaterThan(100);
});

function historyTellsTheRights(circle: TestCircle): void {
	const held = new Map<string, Access | null>();
	for (const event of circleHistory(circle.chain()))
		if ('changes' in event)
			for (const { book, from, to } of event.changes) {
				expect(held.get(`${event.member} ${book}`) ?? null).toBe(from);
				held.set(`${event.member} ${book}`, to);
			}
	for (const person of people)
		for (const book of circle.books)
			expect(held.get(`${person.identity.id} ${book.id}`) ?? null).toBe(
				accessOf(memberOf(circle.head.body, person.identity.id), book.id)
			);
}

function farewellEndsAtTheFirstRecordWithoutThem(circle: TestCircle): void {
	for (const { identity } of people)
		for (let from = 1; from <= circle.records.length; from += 1) {
			const given = readableAfter(identity.id, circle.records.slice(from - 1));
			const stoodIn = circle.records.slice(from - 1).map((record) => memberOf(record.body, identity.id) !== undefined);
			const gone = stoodIn.indexOf(false);
			expect(given.length).toBe(gone < 0 ? stoodIn.length - 1 : gone === 0 ? 0 : gone);
		}
}
