/**
 * Carries out what was decided here about a circle's members and waits for the relay: invitations, letting in, changed
 * rights, removals. Each is one record, published with its keys in one transaction; what cannot be done now stays owed and
 * is taken again in the next pass, also after a restart (docs/protocol.md 12, 13).
 */
import { toBase64url, type RandomBytes } from '$lib/crypto/bytes';
import { must } from '$lib/domain/assert';
import { ok, type Result } from '$lib/domain/result';
import { parseLocalDate, type LocalDate } from '$lib/domain/time';
import { INVITE_LIFE_MS } from '$lib/protocol/manifest-invites';
import { invitationKeys, readAcceptance, sealCard, signAcceptance, sealName } from '$lib/protocol/invitation';
import type { Identity } from '$lib/protocol/identity-log';
import { idBytes, type BookId, type CircleId, type IdentityId } from '$lib/protocol/ids';
import { memberOf, type Member } from '$lib/protocol/manifest';
import type { CircleWork, DeviceKeys, Joining, MadeInvite, OwedChange } from '$lib/storage/keyring';
import type { LocalStore } from '$lib/storage/local-store';
import {
	identityFrom,
	isHeld,
	isOwning,
	kindOf,
	personNameOf,
	personOf,
	rosterPerson,
	type CircleAccess
} from './circle-access';
import { cutHeads } from './cut-heads';
import { acceptInvitation, putInvitation, readAnswers } from './invitation-calls';
import type { SyncChange, SyncError } from './engine';
import { booksGiven, rightsAsTheyAre, rightsFrom } from './given-from';
import { keepStep } from './keep-step';
import { changeCircle, toMember, withPeople, type CircleChange } from './membership';
import { flushCircle } from './outbox';
import { personOfInvite } from './whose';
import { writeContext } from './write-context';
import type { RelayClient } from './relay-client';

export interface WorkDeps {
	readonly store: LocalStore;
	readonly relay: RelayClient;
	readonly random: RandomBytes;
	readonly now: () => number;
	readonly onChange: (change: SyncChange) => void;
	/** The circle as it is stored now; null when it is not here or cannot be verified. */
	readonly access: (circle: CircleId) => Promise<CircleAccess | null>;
	/** Asks for one more pass: what was published owes its readers a grant, once the frames before it are here. */
	readonly askAgain: () => void;
}

/** One pass over everything owed. One circle's trouble is not another's. */
export async function settleWork(deps: WorkDeps, device: DeviceKeys): Promise<Result<void, SyncError>> {
	let problem = await sendJoinings(deps, device);
	for (const work of await deps.store.work.readAll()) {
		const settled = await settleCircle(deps, device, work);
		if (!settled.ok) problem = settled;
	}
	return problem;
}

async function settleCircle(deps: WorkDeps, device: DeviceKeys, work: CircleWork): Promise<Result<void, SyncError>> {
	for (const owed of work.owed) {
		const done = await carryOut(deps, device, work.circle, owed);
		if (!done.ok) return done;
	}
	const sent = await sendCards(deps, device, work.circle);
	return sent.ok ? takeAnswers(deps, work.circle) : sent;
}

/** One owed change: published, kept here, and no longer owed. What has come about by itself is let go. */
async function carryOut(
	deps: WorkDeps,
	device: DeviceKeys,
	circle: CircleId,
	owed: OwedChange
): Promise<Result<void, SyncError>> {
	const access = await deps.access(circle);
	// A circle that was never published, or is no longer this device's to change, is looked at again in the next pass.
	if (!access?.member || !access.roster || !isOwning(access.member) || !access.keys.published) return ok(undefined);
	const work = await deps.store.work.read(circle);
	const wanted = await wantedBy(deps, access, work, owed);
	if (!wanted.ok) return wanted;
	if (wanted.value) {
		const isClear = await sendUnderOldKeys(deps, access, device, booksGiven(wanted.value.given));
		if (!isClear.ok || !isClear.value) return isClear.ok ? ok(undefined) : isClear;
		const step = await changeCircle(access, device, deps, wanted.value, (member, book) =>
			cutHeads(deps.store, access, member, book)
		);
		const sent = await deps.relay.extendCircle(circle, step.manifest, step.envelopes);
		if (!sent.ok) return sent;
		deps.relay.forgetHeads();
		const kept = await keepStep(deps.store, access, step);
		if (!kept.ok) return kept;
		if (step.grants.length > 0) deps.askAgain();
	}
	const settled = await deps.store.work.update(circle, (now) => without(now, owed));
	deps.onChange({ circle, keys: true, books: [] });
	return settled;
}

/**
 * What waits to be sent in books that are given from a day on is sent first: sealed again under the new key, the reader
 * would open it, of whatever day it is. False while something still waits; then the change stays owed.
 */
async function sendUnderOldKeys(
	deps: WorkDeps,
	access: CircleAccess,
	device: DeviceKeys,
	books: readonly BookId[]
): Promise<Result<boolean, SyncError>> {
	const { circle } = access.chain;
	const isWaiting = async () => (await deps.store.outbox(circle)).some(({ book }) => books.includes(book));
	if (books.length === 0 || !(await isWaiting())) return ok(true);
	const { sent, result } = await flushCircle(deps, access, writeContext(access, device, deps.relay.skewMs));
	if (sent.length > 0) deps.onChange({ circle, keys: false, books: sent });
	return result.ok ? ok(!(await isWaiting())) : result;
}

/** The owed change taken off the list, with the invitation it was the end of. */
function without(work: CircleWork, owed: OwedChange): CircleWork {
	const isOver = owed.do === 'withdraw' || owed.do === 'admit';
	return {
		...work,
		owed: work.owed.filter((each) => JSON.stringify(each) !== JSON.stringify(owed)),
		invites: isOver ? work.invites.filter((invite) => invite.pub !== owed.pub) : work.invites
	};
}

/** What a record would have to say; null when it stands so already or can no longer be. */
async function wantedBy(
	deps: WorkDeps,
	access: CircleAccess,
	work: CircleWork,
	owed: OwedChange
): Promise<Result<CircleChange | null, SyncError>> {
	const { members, invites } = access.chain.head.body;
	switch (owed.do) {
		case 'invite': {
			const made = work.invites.find((invite) => invite.pub === owed.pub);
			const isNew = made && !invites.some((invite) => invite.pub === owed.pub) && made.exp > deps.now();
			if (!made || !isNew) return ok(null);
			const exp = Math.min(made.exp, deps.now() + INVITE_LIFE_MS);
			return ok({ invites: [...invites, { pub: made.pub, role: made.role, exp }], ...named(access, made.by) });
		}
		case 'withdraw': {
			const left = invites.filter((invite) => invite.pub !== owed.pub);
			return ok(left.length < invites.length ? { invites: left } : null);
		}
		case 'admit':
			return admission(
				deps,
				access,
				work.invites.find((invite) => invite.pub === owed.pub)
			);
		case 'remove': {
			const left = members.filter((member) => member.identity !== owed.member);
			return ok(left.length < members.length ? { members: left } : null);
		}
		case 'rights': {
			const member = memberOf({ members }, owed.member);
			if (!member) return ok(null);
			const { rights, given } =
				owed.from === undefined
					? { rights: rightsAsTheyAre(access, owed.member, owed.rights), given: [] }
					: rightsFrom(access, owed.member, owed.rights, dayOf(owed.from));
			return ok({ members: members.map((each) => (each === member ? { ...member, rights } : each)), given });
		}
		case 'compared': {
			const person = rosterPerson(access, owed.member);
			if (!person || person.verified === 'compared') return ok(null);
			return ok({ people: withPeople(access, [{ ...person, verified: 'compared' }]) });
		}
	}
}

/** A day as it was kept with a decision; null: everything. */
const dayOf = (text: string | null | undefined): LocalDate | null =>
	text ? must(parseLocalDate(text), 'a kept choice is a day') : null;

/** Whoever invites stands in the roster under the name they gave: those they let in must know whose circle it is. */
function named(access: CircleAccess, name: string): Pick<CircleChange, 'people'> {
	const own = access.member?.identity;
	const known = own && rosterPerson(access, own);
	return own && known?.name !== name ? { people: withPeople(access, [{ ...known, identity: own, name }]) } : {};
}

/** The invited person becomes a member, and the invitation is gone. */
async function admission(
	deps: WorkDeps,
	access: CircleAccess,
	made: MadeInvite | undefined
): Promise<Result<CircleChange | null, SyncError>> {
	const { members, invites } = access.chain.head.body;
	const answer = made?.answer;
	if (!made || !answer) return ok(null);
	const left = invites.filter((invite) => invite.pub !== made.pub);
	const isIn = memberOf({ members }, answer.identity) !== undefined;
	if (isIn && made.role !== 'owner') return ok(left.length < invites.length ? { invites: left } : null);
	const identity = await personalIdentity(deps, answer.identity);
	if (!identity.ok) return identity;
	if (!identity.value) return ok(null);
	const { rights, given } = rightsFrom(access, answer.identity, made.rights, dayOf(made.from));
	const member = toMember({ identity: identity.value, role: made.role, rights });
	return ok({
		invites: left,
		members: made.role === 'owner' ? handedOverTo(member, members) : [...members, member],
		given,
		people: withPeople(access, [
			{
				identity: answer.identity,
				name: answer.name,
				...(made.relation ? { relation: made.relation } : {}),
				verified: 'claimed',
				via: made.pub
			}
		]),
		newcomers: [identity.value]
	});
}

/** The person stands in their own place: from then on nobody acts for them, and whoever was in the circle stays as they were. */
const handedOverTo = (person: Member, members: readonly Member[]): Member[] => [
	...members.filter(({ identity }) => identity !== person.identity).map((each) => ({ ...each, actsFor: false })),
	person
];

/** The verified log of somebody who answers: a person's, of the same space. Null when it is anything else. */
async function personalIdentity(deps: WorkDeps, id: IdentityId): Promise<Result<Identity | null, SyncError>> {
	const log = await deps.relay.identityLog(id);
	if (!log.ok) return log.error.type === 'refused' && log.error.code === 'not-found' ? ok(null) : log;
	const identity = identityFrom(log.value, id);
	if (!identity || identity.type !== 'person') return ok(null);
	const saved = await deps.store.saveIdentity({ v: 1, identity: id, log: log.value });
	return saved.ok ? ok(identity) : saved;
}

/** Puts the sealed card of each published invitation at the relay: from then on the link can be opened. */
async function sendCards(deps: WorkDeps, device: DeviceKeys, circle: CircleId): Promise<Result<void, SyncError>> {
	const { invites } = await deps.store.work.read(circle);
	for (const made of invites.filter((invite) => !invite.sent)) {
		const access = await deps.access(circle);
		const isPublished = access?.chain.head.body.invites.some((invite) => invite.pub === made.pub);
		if (!access || !isPublished) continue;
		const keys = invitationKeys(idBytes(made.secret));
		const sent = await putInvitation(deps.relay, keys.id, circle, made.pub, cardOf(access, device, made, deps.random));
		// The place is taken: an earlier try arrived, and only its answer was lost.
		if (!sent.ok && !(sent.error.type === 'refused' && sent.error.code === 'conflict')) return sent;
		const noted = await deps.store.work.update(circle, (now) => ({
			...now,
			invites: now.invites.map((each) => (each.pub === made.pub ? { ...each, sent: true } : each))
		}));
		if (!noted.ok) return noted;
		deps.onChange({ circle, keys: true, books: [] });
	}
	return ok(undefined);
}

function cardOf(access: CircleAccess, device: DeviceKeys, made: MadeInvite, random: RandomBytes): string {
	const { circle, head } = access.chain;
	const person = personOfInvite(access, made.pub) ?? personOf(access).identity;
	const isOwn = person === device.identity && !isHeld(access);
	const own = isOwn ? made.by : (personNameOf(access) ?? '');
	return sealCard(
		{
			v: 1,
			circle,
			space: head.body.space,
			person: { identity: person, name: own },
			by: { identity: device.identity, name: made.by },
			invitee: made.name,
			role: made.role,
			books: made.rights.flatMap(({ book, access: right }) => {
				const kind = kindOf(access, book);
				return kind ? [{ kind, access: right }] : [];
			}),
			...(made.from && { from: made.from }),
			exp: made.exp
		},
		invitationKeys(idBytes(made.secret)),
		random
	);
}

/** Who has answered. An answer that was not signed by the link, or to another circle, is none. */
async function takeAnswers(deps: WorkDeps, circle: CircleId): Promise<Result<void, SyncError>> {
	const { invites } = await deps.store.work.read(circle);
	const waiting = invites.filter((invite) => invite.sent && !invite.answer);
	const access = waiting.length > 0 ? await deps.access(circle) : null;
	if (!access) return ok(undefined);
	const answers = await readAnswers(deps.relay, circle);
	if (!answers.ok) return answers;
	for (const made of waiting) {
		const given = answers.value.answers.find(({ pub }) => pub === made.pub);
		const person = personOfInvite(access, made.pub);
		const keys = invitationKeys(idBytes(made.secret));
		const read = given && person && readAcceptance(idBytes(given.acceptance), keys, { circle, person });
		if (!read) continue;
		const known = await personalIdentity(deps, read.acceptance.identity);
		if (!known.ok) return known;
		if (known.value?.space !== access.chain.head.body.space) continue;
		const { identity, at } = read.acceptance;
		const noted = await deps.store.work.update(circle, (now) => ({
			...now,
			invites: now.invites.map((each) =>
				each.pub === made.pub ? { ...each, answer: { identity, name: read.name, at } } : each
			)
		}));
		if (!noted.ok) return noted;
		deps.onChange({ circle, keys: true, books: [] });
	}
	return ok(undefined);
}

/** Sends the answers this device's person has given. One that the relay no longer takes is dropped: its page says why. */
async function sendJoinings(deps: WorkDeps, device: DeviceKeys): Promise<Result<void, SyncError>> {
	for (const joining of (await deps.store.work.readJoinings()).filter(({ sent }) => !sent)) {
		const keys = invitationKeys(idBytes(joining.secret));
		const sent = await acceptInvitation(deps.relay, keys.id, answerOf(joining, device, deps.random));
		const isOver = !sent.ok && sent.error.type === 'refused' && isFinal(sent.error.code);
		if (!sent.ok && !isOver) return sent;
		const noted = await deps.store.work.updateJoinings((now) =>
			now.flatMap((each) => (each.secret !== joining.secret ? [each] : isOver ? [] : [{ ...each, sent: true }]))
		);
		if (!noted.ok) return noted;
	}
	return ok(undefined);
}

const isFinal = (code: string): boolean => ['already-used', 'expired', 'not-found', 'malformed'].includes(code);

function answerOf({ secret, circle, person, name, at }: Joining, device: DeviceKeys, random: RandomBytes): string {
	const keys = invitationKeys(idBytes(secret));
	const { identity } = device;
	const record = signAcceptance(
		{ v: 1, circle, pub: keys.pub, person, identity, at, name: sealName(name, keys, random) },
		keys
	);
	return toBase64url(record.bytes);
}
