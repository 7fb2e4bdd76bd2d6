/**
 * The rules of membership, M1 to M5, with a counter-example for each. In one file beyond 400 lines, as the rules are one function
 * over a chain, and each case is the same circle with one thing wrong.
 */
import { describe, expect, test } from 'vitest';
import {
	addDevice,
	deviceOf,
	extendPerson,
	memberBody,
	newPerson,
	seededRandom,
	TestCircle,
	withMember,
	type Person
} from '../../../tests/support/people';
import { toBase64url } from '$lib/crypto/bytes';
import { keyCommit, matchesCommit } from './envelope';
import type { IdentityId } from './ids';
import { commitOf, type Manifest, type SignedManifest } from './manifest';

const random = seededRandom('manifest');

interface World {
	readonly circle: TestCircle;
	readonly owner: Person;
	readonly coOwner: Person;
	readonly relative: Person;
	readonly unit: Person;
}

/** Owner, co-owner without the private book, a relative who writes the weight, a unit that reads it. */
function world(): World {
	const [owner, coOwner, relative, unit] = [
		newPerson(random),
		newPerson(random),
		newPerson(random),
		newPerson(random, { type: 'unit' })
	] as const;
	const circle = new TestCircle(owner, ['weight', 'profile', 'private'], random);
	const [weight, profile] = [circle.book(0), circle.book(1)];
	circle.add(coOwner, 'coOwner', [
		[weight, 'w'],
		[profile, 'w']
	]);
	circle.add(relative, 'relative', [
		[weight, 'w'],
		[profile, 'r']
	]);
	circle.add(unit, 'careContact', [
		[weight, 'r'],
		[profile, 'r']
	]);
	return { circle, owner, coOwner, relative, unit };
}

function verdict({ circle }: World, record: SignedManifest): string {
	const chain = circle.verify([...circle.records, record]);
	return chain.ok ? 'ok' : chain.error.type;
}

const head = ({ circle }: World): Manifest => circle.head.body;
const withoutMember = (w: World, person: Person): Manifest['members'] =>
	head(w).members.filter((member) => member.identity !== person.identity.id);

describe('M1: a linear, hash-linked, signed chain', () => {
	test('a record left out, repeated, of another circle or with another place breaks it', () => {
		const w = world();
		const { records } = w.circle;
		const chain = (list: readonly (SignedManifest | undefined)[]) => {
			const read = w.circle.verify(list.filter((each) => each !== undefined));
			return read.ok ? 'ok' : read.error.type;
		};
		expect(chain(records)).toBe('ok');
		expect(chain([records[0], records[2]])).toBe('broken-chain');
		expect(chain([records[0], records[1], records[1]])).toBe('broken-chain');
		expect(chain(records.slice(1))).toBe('broken-chain');
		expect(chain([])).toBe('malformed');
		const other = world();
		expect(verdict(w, w.circle.propose(w.owner, { circle: other.circle.id }))).toBe('broken-chain');
		expect(verdict(w, w.circle.propose(w.owner, { prev: records[0]?.hash ?? null }))).toBe('broken-chain');
		expect(verdict(w, w.circle.propose(w.owner, { n: 9 }))).toBe('broken-chain');
	});

	test('a circle begins with one owner or co-owner, at epoch 1, without cuts', () => {
		const someone = newPerson(random);
		for (const role of ['owner', 'coOwner'] as const)
			expect(new TestCircle(someone, ['profile'], random, role).verify().ok).toBe(true);
		for (const role of ['relative', 'viewer', 'careContact', 'helper'] as const) {
			expect(new TestCircle(someone, ['profile'], random, role).verify()).toEqual({
				ok: false,
				error: { type: 'not-allowed' }
			});
		}
	});

	test('signed by another’s key, by a stranger, or by a device that is out: refused', () => {
		const w = world();
		const stranger = newPerson(random);
		expect(verdict(w, w.circle.propose(w.owner, {}, deviceOf(stranger)))).toBe('not-allowed');
		expect(verdict(w, w.circle.propose(stranger, {}))).toBe('not-allowed');
		const posing = w.circle.propose(stranger, { by: { identity: w.owner.identity.id, device: deviceOf(w.owner).id } });
		expect(verdict(w, posing)).toBe('bad-signature');
		const second = addDevice(w.owner, random);
		expect(verdict(w, w.circle.propose(w.owner, {}, second))).toBe('ok');
		extendPerson(
			w.owner,
			{ kind: 'removeDevice', by: deviceOf(w.owner).id, device: second.id },
			deviceOf(w.owner).sign.secret
		);
		const { head: idHead } = w.owner.identity;
		w.circle.extend(
			w.owner,
			withMember(w.owner, (member) => ({ ...member, idHead }))
		);
		expect(verdict(w, w.circle.propose(w.owner, {}, second))).toBe('not-allowed');
	});

	test('a place in somebody’s log must be there, go forward, and be of the same space', () => {
		const w = world();
		const fake = withMember(w.relative, (member) => ({ ...member, idHead: { n: 7, hash: member.idHead.hash } }));
		expect(verdict(w, w.circle.propose(w.owner, fake))).toBe('broken-chain');
		const other = withMember(w.relative, (member) => ({
			...member,
			idHead: { n: 0, hash: w.owner.identity.head.hash }
		}));
		expect(verdict(w, w.circle.propose(w.owner, other))).toBe('broken-chain');
		addDevice(w.relative, random);
		w.circle.extend(
			w.owner,
			withMember(w.relative, (member) => ({ ...member, idHead: w.relative.identity.head }))
		);
		const back = withMember(w.relative, (member) => ({
			...member,
			idHead: { n: 0, hash: w.relative.identity.hashes[0] ?? member.idHead.hash }
		}));
		expect(verdict(w, w.circle.propose(w.owner, back))).toBe('broken-chain');
		const demo = newPerson(random, { space: 'demo' });
		w.circle.people.set(demo.identity.id, demo);
		expect(
			verdict(
				w,
				w.circle.propose(w.owner, (now) => ({ members: [...now.members, memberBody(demo, 'viewer', [])] }))
			)
		).toBe('broken-chain');
	});

	test('the space stays and the least suite only rises', () => {
		const w = world();
		w.circle.extend(w.owner, { suiteMin: 2 });
		expect(verdict(w, w.circle.propose(w.owner, { suiteMin: 1 }))).toBe('not-allowed');
		expect(verdict(w, w.circle.propose(w.owner, { space: 'demo' }))).not.toBe('ok');
		expect(verdict(w, w.circle.propose(w.owner, { suiteMin: 3 }))).toBe('ok');
	});

	test('doubled members, books, rights, cuts or cut devices, and rights in no book, are malformed', () => {
		const w = world();
		const [first] = head(w).members as [Manifest['members'][number]];
		const [book] = head(w).books as [Manifest['books'][number]];
		const cut = { member: first.identity, book: book.id, epoch: 1, heads: [] };
		const device = { device: deviceOf(w.owner).id, seq: 0, hash: null };
		const cases: Partial<Manifest>[] = [
			{ members: [...head(w).members, first] },
			{ books: [...head(w).books, book] },
			{ members: head(w).members.map((member) => ({ ...member, rights: [...member.rights, ...member.rights] })) },
			{ books: head(w).books.slice(1) },
			{ cuts: [cut, cut] },
			{ cuts: [{ ...cut, heads: [device, device] }] },
			{ cuts: [{ ...cut, heads: [{ ...device, seq: 1 }] }] }
		];
		expect(cases.map((change) => verdict(w, w.circle.propose(w.owner, change)))).toEqual(cases.map(() => 'malformed'));
	});
});

describe('books and epochs', () => {
	test('a book stays; its epoch keeps its commitment or rises by one with a new one; a new book begins at 1', () => {
		const w = world();
		const change = (books: Manifest['books']) => verdict(w, w.circle.propose(w.owner, { books }));
		const [book, ...others] = head(w).books as [Manifest['books'][number], ...Manifest['books']];
		const fresh = keyCommit(random(32));
		expect(change([{ ...book, keyCommit: fresh }, ...others])).toBe('broken-chain');
		expect(change([{ ...book, epoch: 2 }, ...others])).toBe('broken-chain');
		expect(change([{ ...book, epoch: 3, keyCommit: fresh }, ...others])).toBe('broken-chain');
		expect(change([{ ...book, epoch: 2, keyCommit: fresh }, ...others])).toBe('ok');
		const id = toBase64url(random(16)) as typeof book.id;
		expect(change([book, ...others, { id, epoch: 1, keyCommit: fresh }])).toBe('ok');
		expect(change([book, ...others, { id, epoch: 2, keyCommit: fresh }])).toBe('broken-chain');
	});

	test('M3: a key fits its epoch’s commitment and no other', () => {
		const w = world();
		w.circle.extend(w.owner, { books: w.circle.raise([w.circle.book()]) });
		const chain = w.circle.chain();
		const { id } = w.circle.book();
		const commit = (epoch: number) => commitOf(chain, id, epoch) ?? '';
		expect([1, 2].map((epoch) => matchesCommit(w.circle.key(0, epoch), commit(epoch)))).toEqual([true, true]);
		expect(matchesCommit(w.circle.key(0, 1), commit(2))).toBe(false);
		expect(commitOf(chain, id, 3)).toBeNull();
	});
});

describe('M2: a member without ownership', () => {
	const raised = (w: World, index = 0) => ({ books: w.circle.raise([w.circle.book(index)]) });

	test('renews the keys of books it reads, and its own place in its log', () => {
		const w = world();
		const record = w.circle.propose(w.unit, raised(w));
		expect(verdict(w, record)).toBe('ok');
		addDevice(w.unit, random);
		const moved = w.circle.propose(w.unit, (now) => ({
			...withMember(w.unit, (member) => ({ ...member, idHead: w.unit.identity.head }))(now),
			books: record.body.books
		}));
		expect(verdict(w, moved)).toBe('ok');
	});

	test('MM8: a re-key that also alters members, rights, roles, invitations, names or the suite is refused', () => {
		const w = world();
		const books = w.circle.raise([w.circle.book()]);
		const now = head(w);
		const mine = (change: Partial<Manifest['members'][number]>) =>
			withMember(w.unit, (member) => ({ ...member, ...change }))(now);
		const cases: Partial<Manifest>[] = [
			{ members: withoutMember(w, w.relative) },
			{ members: [...now.members].reverse() },
			mine({ role: 'coOwner' }),
			mine({ actsFor: true }),
			mine({ rights: now.members[0]?.rights ?? [] }),
			{ invites: [{ pub: toBase64url(random(32)), role: 'owner', exp: 1 }] },
			{ roster: { ...now.roster, ct: '' } },
			{ suiteMin: 2 },
			{ cuts: [{ member: w.relative.identity.id, book: w.circle.book().id, epoch: 1, heads: [] }] },
			{ cuts: [{ member: w.unit.identity.id, book: w.circle.book().id, epoch: 1, heads: [] }] }
		];
		expect(cases.map((change) => verdict(w, w.circle.propose(w.unit, { books, ...change })))).toEqual(
			cases.map(() => 'not-allowed')
		);
	});

	test('a book it cannot read, a new book, or nothing at all is not its to change', () => {
		const w = world();
		expect(verdict(w, w.circle.propose(w.unit, {}))).toBe('not-allowed');
		const fresh = {
			id: toBase64url(random(16)) as Manifest['books'][number]['id'],
			epoch: 1,
			keyCommit: keyCommit(random(32))
		};
		expect(
			verdict(
				w,
				w.circle.propose(w.unit, (now) => ({ books: [...now.books, fresh] }))
			)
		).toBe('not-allowed');
		expect(verdict(w, w.circle.propose(w.unit, raised(w, 2)))).toBe('not-allowed');
	});

	test('it cuts devices its own log has removed, and only those', () => {
		const w = world();
		const lost = addDevice(w.relative, random);
		const own = { member: w.relative.identity.id, book: w.circle.book().id, epoch: 1, listedOnly: true as const };
		const cutOf = (device: typeof lost.id) => [{ ...own, heads: [{ device, seq: 0, hash: null }] }];
		const books = w.circle.raise([w.circle.book()]);
		const propose = (cuts: Manifest['cuts']) =>
			w.circle.propose(w.relative, (now) => ({
				...withMember(w.relative, (member) => ({ ...member, idHead: w.relative.identity.head }))(now),
				books,
				cuts
			}));
		expect(verdict(w, propose(cutOf(lost.id)))).toBe('unguarded-loss');
		const first = deviceOf(w.relative);
		extendPerson(w.relative, { kind: 'removeDevice', by: first.id, device: lost.id }, first.sign.secret);
		expect(verdict(w, propose(cutOf(first.id)))).toBe('unguarded-loss');
		expect(verdict(w, propose([{ ...own, heads: [] }]))).toBe('unguarded-loss');
		expect(verdict(w, propose(cutOf(lost.id)))).toBe('ok');
	});
});

describe('co-owners', () => {
	test('add and remove other members, with cuts', () => {
		const w = world();
		const loss = w.circle.loss(w.relative, [w.circle.book(0), w.circle.book(1)]);
		expect(verdict(w, w.circle.propose(w.coOwner, { members: withoutMember(w, w.relative), ...loss }))).toBe('ok');
		const viewer = newPerson(random);
		w.circle.people.set(viewer.identity.id, viewer);
		const other = world();
		other.circle.people.set(viewer.identity.id, viewer);
		expect(
			verdict(
				other,
				other.circle.propose(other.coOwner, (now) => ({
					members: [...now.members, memberBody(viewer, 'viewer', [[other.circle.book(), 'r']])]
				}))
			)
		).toBe('ok');
	});

	test('do not remove, lower, cut or become owners, nor begin to act for the person', () => {
		const w = world();
		const now = head(w);
		const loss = w.circle.loss(w.owner, w.circle.books);
		const noLoss = { cuts: loss.cuts, books: loss.books };
		const cases: Partial<Manifest>[] = [
			{ members: withoutMember(w, w.owner), ...noLoss },
			{ ...withMember(w.owner, (member) => ({ ...member, role: 'coOwner' }))(now), ...noLoss },
			{ ...withMember(w.owner, (member) => ({ ...member, rights: [] }))(now), ...noLoss },
			withMember(w.coOwner, (member) => ({ ...member, role: 'owner' }))(now),
			withMember(w.coOwner, (member) => ({ ...member, actsFor: true }))(now),
			{ suiteMin: 2 }
		];
		expect(cases.map((change) => verdict(w, w.circle.propose(w.coOwner, change)))).toEqual(
			cases.map(() => 'not-allowed')
		);
	});

	test('do not reach a book they do not hold: no key, no right in it', () => {
		const w = world();
		const secret = w.circle.book(2);
		const right = { book: secret.id, access: 'w' as const, fromEpoch: 1 };
		const grant = withMember(w.coOwner, (member) => ({ ...member, rights: [...member.rights, right] }))(head(w));
		expect(verdict(w, w.circle.propose(w.coOwner, grant))).toBe('not-allowed');
		expect(verdict(w, w.circle.propose(w.coOwner, { books: w.circle.raise([secret]) }))).toBe('not-allowed');
	});

	test('who began the circle for somebody hands it over to them', () => {
		const [starter, person] = [newPerson(random), newPerson(random)];
		const circle = new TestCircle(starter, ['weight', 'profile'], random, 'coOwner');
		circle.add(
			person,
			'owner',
			circle.books.map((book) => [book, 'w'])
		);
		const record = circle.propose(
			starter,
			withMember(starter, (member) => ({ ...member, role: 'owner' }))
		);
		expect(circle.verify([...circle.records, record]).ok).toBe(false);
	});

	describe('in a circle that somebody holds for the person', () => {
		/** The holder, another co-owner and a relative; nobody is its owner. */
		function heldWorld() {
			const [holder, other, relative] = [newPerson(random), newPerson(random), newPerson(random)];
			const circle = new TestCircle(holder, ['weight', 'profile'], random, 'coOwner');
			const all = circle.books.map((book) => [book, 'w'] as const);
			circle.add(other, 'coOwner', all);
			circle.add(relative, 'relative', all);
			const allows = (by: Person, change: Partial<Manifest> | ((now: Manifest) => Partial<Manifest>)) =>
				circle.verify([...circle.records, circle.propose(by, change)]).ok;
			return { circle, holder, other, relative, allows };
		}
		const invite = (at: number, role: 'owner' | 'viewer') => ({
			invites: [{ pub: toBase64url(random(32)), role, exp: at + 60_000 }]
		});

		test('the holder invites the person into their place; another co-owner invites others only', () => {
			const { circle, holder, other, allows } = heldWorld();
			const { at } = circle.head.body;
			expect(allows(holder, invite(at, 'owner'))).toBe(true);
			expect(allows(other, invite(at, 'owner'))).toBe(false);
			expect(allows(other, invite(at, 'viewer'))).toBe(true);
			// One that stands there is not theirs to lose by.
			circle.extend(holder, invite(at, 'owner'));
			expect(allows(other, { suiteMin: 1, at: at + 1 })).toBe(true);
		});

		test('another co-owner lets others go, and neither the holder, nor takes their place, nor makes anybody owner', () => {
			const w = heldWorld();
			const others = (person: Person) =>
				w.circle.head.body.members.filter((member) => member.identity !== person.identity.id);
			expect(w.allows(w.other, { members: others(w.relative), ...w.circle.loss(w.relative, w.circle.books) })).toBe(
				true
			);
			const again = heldWorld();
			const out = again.circle.head.body.members.filter((member) => member.identity !== again.holder.identity.id);
			expect(again.allows(again.other, { members: out, ...again.circle.loss(again.holder, again.circle.books) })).toBe(
				false
			);
			const { members } = heldWorld().circle.head.body;
			expect(members[0]?.role).toBe('coOwner');
			const third = heldWorld();
			const [first, second, ...rest] = third.circle.head.body.members;
			if (!first || !second) throw new Error('both are there');
			expect(third.allows(third.other, { members: [second, first, ...rest] })).toBe(false);
			expect(third.allows(third.other, { members: [first, { ...second, role: 'owner' }, ...rest] })).toBe(false);
			expect(third.allows(third.other, { members: [first, { ...second, actsFor: true }, ...rest] })).toBe(false);
			expect(third.allows(third.other, { members: [{ ...first, actsFor: true }, second, ...rest] })).toBe(false);
			// The holder may hand the holding on.
			expect(third.allows(third.holder, { members: [second, first, ...rest] })).toBe(true);
		});

		test('once the person is there, who held it is bound as any co-owner', () => {
			const { circle, holder, allows } = heldWorld();
			const person = newPerson(random);
			circle.add(
				person,
				'owner',
				circle.books.map((book) => [book, 'w'])
			);
			const { at } = circle.head.body;
			expect(allows(holder, invite(at, 'owner'))).toBe(false);
			expect(allows(person, { members: circle.head.body.members.toReversed() })).toBe(true);
		});
	});

	test('a circle is never without an owner or a co-owner', () => {
		const w = world();
		const left = head(w).members.filter(({ role }) => role !== 'owner' && role !== 'coOwner');
		expect(verdict(w, w.circle.propose(w.owner, { members: left }))).toBe('not-allowed');
	});
});

describe('M5: losing a right', () => {
	const heads = (w: World) => [{ device: deviceOf(w.relative).id, seq: 3, hash: w.circle.head.hash }];
	const lower = (w: World) =>
		withMember(w.relative, (member) => ({
			...member,
			rights: member.rights.map((right) => ({ ...right, access: 'r' as const }))
		}))(head(w));

	test('without a new epoch, without a cut, or with a cut at another epoch: refused', () => {
		const w = world();
		const { book, epoch } = { book: w.circle.book().id, epoch: 1 };
		const cut = { member: w.relative.identity.id, book, epoch, heads: heads(w) };
		const books = w.circle.raise([w.circle.book()]);
		expect(verdict(w, w.circle.propose(w.owner, { ...lower(w), cuts: [cut] }))).toBe('unguarded-loss');
		expect(verdict(w, w.circle.propose(w.owner, { ...lower(w), books }))).toBe('unguarded-loss');
		expect(verdict(w, w.circle.propose(w.owner, { ...lower(w), books, cuts: [{ ...cut, epoch: 2 }] }))).toBe(
			'unguarded-loss'
		);
		expect(verdict(w, w.circle.propose(w.owner, { ...lower(w), books, cuts: [{ ...cut, listedOnly: true }] }))).toBe(
			'unguarded-loss'
		);
		expect(verdict(w, w.circle.propose(w.owner, { ...lower(w), books, cuts: [cut] }))).toBe('ok');
	});

	test.each([
		[
			'a lower role',
			(w: World) => withMember(w.relative, (member) => ({ ...member, role: 'viewer' as const }))(head(w))
		],
		[
			'a later from-date',
			(w: World) =>
				withMember(w.relative, (member) => ({
					...member,
					rights: member.rights.map((right) => ({ ...right, fromEpoch: 2 }))
				}))(head(w))
		],
		['a book taken away', (w: World) => withMember(w.relative, (member) => ({ ...member, rights: [] }))(head(w))],
		['leaving', (w: World) => ({ members: withoutMember(w, w.relative) })]
	])('%s counts as a loss', (_, change) => {
		const w = world();
		expect(verdict(w, w.circle.propose(w.owner, change(w)))).toBe('unguarded-loss');
		const loss = w.circle.loss(w.relative, [w.circle.book(0), w.circle.book(1)]);
		expect(verdict(w, w.circle.propose(w.owner, { ...change(w), ...loss }))).toBe('ok');
	});

	test('a cut of somebody who lost nothing is refused, whoever signs it', () => {
		const w = world();
		const books = w.circle.raise([w.circle.book()]);
		const cut = (member: IdentityId) => [{ member, book: w.circle.book().id, epoch: 1, heads: [] }];
		for (const signer of [w.owner, w.coOwner]) {
			expect(verdict(w, w.circle.propose(signer, { books, cuts: cut(w.owner.identity.id) }))).toBe('unguarded-loss');
			expect(verdict(w, w.circle.propose(signer, { books, cuts: cut(w.relative.identity.id) }))).toBe('unguarded-loss');
		}
	});

	test('an earlier cut stays: it may be raised, and neither dropped, lowered nor replaced by a repeated other one', () => {
		const w = world();
		const loss = w.circle.loss(w.relative, [w.circle.book(0), w.circle.book(1)], () => heads(w));
		w.circle.extend(w.owner, { members: withoutMember(w, w.relative), ...loss });
		const [first, second] = head(w).cuts as [Manifest['cuts'][number], Manifest['cuts'][number]];
		const at = (seq: number, hash = first.heads[0]?.hash ?? null) => [
			{ ...first, heads: first.heads.map((each) => ({ ...each, seq, hash })) },
			second
		];
		const propose = (cuts: Manifest['cuts']) => verdict(w, w.circle.propose(w.owner, { cuts }));
		expect(propose([second])).toBe('unguarded-loss');
		expect(propose([second, second])).toBe('malformed');
		expect(propose(at(2))).toBe('unguarded-loss');
		expect(propose(at(3, w.owner.identity.head.hash))).toBe('unguarded-loss');
		expect(propose([{ ...first, heads: [] }, second])).toBe('unguarded-loss');
		expect(propose(at(5))).toBe('ok');
	});

	test('rights may grow within an epoch', () => {
		const w = world();
		const grow = withMember(w.unit, (member) => ({
			...member,
			rights: member.rights.map((right) => ({ ...right, access: 'w' as const }))
		}));
		expect(verdict(w, w.circle.propose(w.owner, grow))).toBe('ok');
	});
});
