import { describe, expect, test } from 'vitest';
import { deviceOf, newPerson, seededRandom, START, TestCircle, withMember } from '../../../tests/support/people';
import { toBase64url } from '$lib/crypto/bytes';
import { idBytes } from './ids';
import {
	invitationKeys,
	invitationLink,
	openCard,
	readAcceptance,
	readInvitationLink,
	sealCard,
	sealName,
	signAcceptance,
	type InvitationCard
} from './invitation';
import type { Manifest } from './manifest';
import { INVITE_LIFE_MS } from './manifest-invites';

const random = seededRandom('invitation');
const [owner, coOwner, sara, mallory] = [newPerson(random), newPerson(random), newPerson(random), newPerson(random)];
const circle = new TestCircle(owner, ['weight', 'profile'], random);
circle.add(
	coOwner,
	'coOwner',
	circle.books.map((book) => [book, 'w'])
);
const secret = random(32);
const keys = invitationKeys(secret);
const person = owner.identity.id;
const card: InvitationCard = {
	v: 1,
	circle: circle.id,
	space: 'real',
	person: { identity: person, name: 'Märta' },
	by: { identity: person, name: 'Märta' },
	invitee: 'Sara',
	role: 'relative',
	books: [{ kind: 'weight', access: 'w' }],
	exp: START + INVITE_LIFE_MS
};
const answerWith = (change: Partial<Parameters<typeof signAcceptance>[0]> = {}, by = keys) =>
	signAcceptance(
		{
			v: 1,
			circle: circle.id,
			pub: keys.pub,
			person,
			identity: sara.identity.id,
			at: START,
			name: sealName('Sara', keys, random),
			...change
		},
		by
	).bytes;

describe('a link', () => {
	test('comes back from the whole link, its fragment, and with blanks around it', () => {
		const link = invitationLink('https://hemlinje.test', secret);
		for (const text of [link, ` ${link}\n`, new URL(link).hash]) {
			const read = readInvitationLink(text, 'https://hemlinje.test');
			expect(read.ok && toBase64url(read.value)).toBe(toBase64url(secret));
		}
	});

	test('of another relay is told with where it works; anything else is malformed', () => {
		expect(readInvitationLink(invitationLink('https://annan.test', secret), 'https://hemlinje.test')).toEqual({
			ok: false,
			error: { type: 'other-origin', origin: 'https://annan.test' }
		});
		for (const text of ['', '#i=', '#i=abc', '#card=abc', 'https://hemlinje.test/circle/join', `${'x'.repeat(60)}`])
			expect(readInvitationLink(text, 'https://hemlinje.test')).toEqual({ ok: false, error: { type: 'malformed' } });
	});
});

describe('MR8: what the relay can do to an invitation', () => {
	test('a card it altered, or another link’s, does not open', () => {
		const sealed = sealCard(card, keys, random);
		expect(openCard(sealed, keys)).toEqual(card);
		expect(openCard(sealed, invitationKeys(random(32)))).toBeNull();
		const bytes = idBytes(sealed);
		bytes[40] = (bytes[40] ?? 0) ^ 1;
		expect(openCard(toBase64url(bytes), keys)).toBeNull();
	});

	test('an answer counts only from the link, for this circle, of this person, with a name sealed by the link', () => {
		const to = { circle: circle.id, person };
		expect(readAcceptance(answerWith(), keys, to)?.name).toBe('Sara');
		const other = invitationKeys(random(32));
		const device = { ...keys, sign: deviceOf(mallory).sign };
		const refused = [
			answerWith({ identity: mallory.identity.id }, device),
			answerWith({ pub: other.pub }, other),
			answerWith({ person: mallory.identity.id }),
			answerWith({ circle: toBase64url(random(16)) as typeof circle.id }),
			answerWith({ name: sealName('Sara', other, random) }),
			circle.head.bytes
		];
		expect(refused.map((bytes) => readAcceptance(bytes, keys, to))).toEqual(refused.map(() => null));
	});
});

describe('M6: invitations in the manifest', () => {
	const invite = (role: Manifest['invites'][number]['role'], exp = START + 1000) => ({
		pub: toBase64url(random(32)),
		role,
		exp
	});
	const verdict = (by: typeof owner, change: Partial<Manifest>): string => {
		const chain = circle.verify([...circle.records, circle.propose(by, change)]);
		return chain.ok ? 'ok' : chain.error.type;
	};

	test('relatives, viewers and co-owners are invited; units and owners are not', () => {
		const roles = ['relative', 'viewer', 'coOwner', 'careContact', 'helper', 'owner'] as const;
		for (const by of [owner, coOwner])
			expect(roles.map((role) => verdict(by, { invites: [invite(role)] }))).toEqual([
				...['ok', 'ok', 'ok'],
				...['not-allowed', 'not-allowed', 'not-allowed']
			]);
	});

	test('for seven days at the most, and not in the past', () => {
		const at = (exp: number) => verdict(owner, { invites: [invite('relative', exp)] });
		expect([START, START - 1, START + INVITE_LIFE_MS + 1].map(at)).toEqual(Array(3).fill('not-allowed'));
		expect(at(START + INVITE_LIFE_MS)).toBe('ok');
	});

	test('one that stands is neither prolonged, given another role, nor doubled; it may be taken out', () => {
		const stands = invite('relative');
		circle.extend(owner, { invites: [stands] });
		expect(verdict(owner, { invites: [{ ...stands, exp: stands.exp + 1 }] })).toBe('not-allowed');
		expect(verdict(owner, { invites: [{ ...stands, role: 'coOwner' }] })).toBe('not-allowed');
		expect(verdict(owner, { invites: [stands, stands] })).toBe('malformed');
		expect(verdict(owner, { invites: [] })).toBe('ok');
		expect(verdict(coOwner, { invites: [] })).toBe('ok');
	});

	test('a circle begun for somebody invites its owner, once', () => {
		const begun = new TestCircle(coOwner, ['profile'], random, 'coOwner');
		const record = begun.propose(coOwner, { invites: [invite('owner')] });
		expect(begun.verify([...begun.records, record]).ok).toBe(true);
		begun.people.set(owner.identity.id, owner);
		begun.add(owner, 'owner', [[begun.book(), 'w']], coOwner);
		const again = begun.propose(owner, { invites: [invite('owner')] });
		expect(begun.verify([...begun.records, again]).ok).toBe(false);
	});

	test('nobody else touches them', () => {
		const w = new TestCircle(owner, ['weight', 'profile'], random);
		w.add(sara, 'relative', [[w.book(), 'w']]);
		const books = w.raise([w.book()]);
		const record = w.propose(sara, {
			...withMember(sara, (member) => member)(w.head.body),
			books,
			invites: [invite('viewer')]
		});
		expect(w.verify([...w.records, record])).toEqual({ ok: false, error: { type: 'not-allowed' } });
	});
});
