/**
 * F5: what is stored and sent is frozen. Fingerprints of every schema, and bytes made once and kept, which must still open.
 *
 * `UPDATE_FORMATS=1 npx vitest run src/lib/protocol/formats.test.ts` writes them anew. That is right only for a format that
 * has never left a developer's machine, or together with a new version number.
 *
 * Beyond 400 lines: a list of all there is, which is found in one place or forgotten.
 */
import { describe, expect, test } from 'vitest';
import * as z from 'zod/mini';
import { ADVICE, fingerprint, isUpdating, kept } from '../../../tests/support/formats';
import {
	deviceOf,
	newPerson,
	seededRandom,
	START,
	TestCircle,
	TestWriter,
	weightEntry,
	entryId
} from '../../../tests/support/people';
import { fromBase64url, toBase64url, utf8 } from '$lib/crypto/bytes';
import { openWith } from '$lib/crypto/boxes';
import { parseRecoveryCode, recoveryBoxKey, recoveryLookupId, type RecoveryCode } from '$lib/crypto/recovery-code';
import { safetyNumber } from '$lib/crypto/safety-number';
import { must } from '$lib/domain/assert';
import { voidReasons } from '$lib/domain/observation';
import { planSchema } from '$lib/domain/plan/plan';
import { apiErrorSchema } from './api/errors';
import {
	challengeRequestSchema,
	challengeResponseSchema,
	signLogin,
	tokenRequestSchema,
	tokenResponseSchema,
	verifyLogin
} from './api/auth';
import {
	addEnvelopesSchema,
	createCircleSchema,
	envelopesSchema,
	extendCircleSchema,
	manifestChainSchema,
	erasureBodySchema
} from './api/circles';
import { nudgeSchema } from './api/events';
import {
	encodePull,
	joinFrames,
	parsePull,
	pullHeaderSchema,
	pullRequestSchema,
	pushResponseSchema,
	splitFrames
} from './api/frames';
import { encodeHeads, nextRun, parseHeads, shortRun, EMPTY_RUN } from './api/heads';
import {
	appendRecordSchema,
	identityLogSchema,
	registeredIdentitySchema,
	registerIdentitySchema
} from './api/identities';
import {
	acceptInvitationSchema,
	circleInvitationsSchema,
	invitationSchema,
	putInvitationSchema
} from './api/invitations';
import { acceptInviteSchema, inviteId } from './api/invites';
import { pairingSchema, putPairingSchema } from './api/pairings';
import { recoveryContentSchema, recoveryFileSchema, recoveryStoreSchema } from './api/recovery';
import { API_VERSION } from './api/version';
import { archiveSchema, isArchiveOf, parseArchiveContents, signArchive, type ArchiveContents } from './archive';
import { batchSchema, encodeBatch, type Entry, entrySchema, parseBatch } from './entries';
import { envelopeContentSchema, envelopeSchema, keyCommit, openEnvelope, sealEnvelope } from './envelope';
import { erasureSchema, isErasedBy, parseErasure, signErasure, type Erasure } from './erasure';
import { frameHeaderSchema, frameTypes, openFrame, parseFrame, verifyFrame } from './frame';
import { identityRecordSchema, readIdentityLog } from './identity-log';
import {
	acceptanceSchema,
	invitationCardSchema,
	invitationKeys,
	invitationLink,
	openCard,
	readAcceptance,
	sealCard,
	sealName,
	signAcceptance,
	type InvitationCard
} from './invitation';
import { manifestSchema } from './manifest';
import { deviceNoteSchema, storeNoteSchema } from './own-notes';
import {
	deviceGrantSchema,
	pairingAnswerSchema,
	pairingHelloSchema,
	pairingOfferSchema,
	pairingRevealSchema
} from './pairing';
import { openRoster, rosterSchema } from './roster';
import { parseRecord, verifyRecord } from './signed-record';
import { snapshotSchema } from './snapshot-part';
import { signUnitCard, unitCardSchema, type UnitCard } from './unit-card';

const schemas: Record<string, z.core.$ZodType> = {
	frameHeader: frameHeaderSchema,
	batch: batchSchema,
	entry: entrySchema,
	plan: planSchema,
	snapshot: snapshotSchema,
	identityRecord: identityRecordSchema,
	manifest: manifestSchema,
	roster: rosterSchema,
	unitCard: unitCardSchema,
	deviceNote: deviceNoteSchema,
	storeNote: storeNoteSchema,
	deviceGrant: deviceGrantSchema,
	pairingHello: pairingHelloSchema,
	pairingOffer: pairingOfferSchema,
	pairingReveal: pairingRevealSchema,
	pairingAnswer: pairingAnswerSchema,
	'api.putPairing': putPairingSchema,
	'api.pairing': pairingSchema,
	invitationCard: invitationCardSchema,
	acceptance: acceptanceSchema,
	erasure: erasureSchema,
	archive: archiveSchema,
	envelope: envelopeSchema,
	envelopeContent: envelopeContentSchema,
	recoveryFile: recoveryFileSchema,
	recoveryContent: recoveryContentSchema,
	'api.error': apiErrorSchema,
	'api.challengeRequest': challengeRequestSchema,
	'api.challengeResponse': challengeResponseSchema,
	'api.tokenRequest': tokenRequestSchema,
	'api.tokenResponse': tokenResponseSchema,
	'api.createCircle': createCircleSchema,
	'api.extendCircle': extendCircleSchema,
	'api.addEnvelopes': addEnvelopesSchema,
	'api.putErasure': erasureBodySchema,
	'api.manifestChain': manifestChainSchema,
	'api.envelopes': envelopesSchema,
	'api.nudge': nudgeSchema,
	'api.pullRequest': pullRequestSchema,
	'api.pullHeader': pullHeaderSchema,
	'api.pushResponse': pushResponseSchema,
	'api.registerIdentity': registerIdentitySchema,
	'api.registeredIdentity': registeredIdentitySchema,
	'api.appendRecord': appendRecordSchema,
	'api.identityLog': identityLogSchema,
	'api.acceptInvite': acceptInviteSchema,
	'api.putInvitation': putInvitationSchema,
	'api.invitation': invitationSchema,
	'api.acceptInvitation': acceptInvitationSchema,
	'api.circleInvitations': circleInvitationsSchema,
	'api.recoveryStore': recoveryStoreSchema
};

describe('F5: schemas are frozen', () => {
	const made = {
		apiVersion: API_VERSION,
		frameTypes,
		...Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [name, fingerprint(schema)]))
	};
	const stored = kept('fingerprints', made);

	test.each(Object.keys(made))('%s', (name) => {
		expect((made as Record<string, unknown>)[name], ADVICE).toEqual(stored[name]);
	});

	test('nothing that was frozen has vanished', () => {
		expect(
			Object.keys(stored).filter((name) => !(name in made)),
			ADVICE
		).toEqual([]);
	});

	test('a fingerprint sees a key, a limit, a literal and a refinement', () => {
		const base = z.strictObject({ a: z.string().check(z.maxLength(3)), b: z.literal(1) });
		const others = [
			z.object({ a: z.string().check(z.maxLength(3)), b: z.literal(1) }),
			z.strictObject({ a: z.string().check(z.maxLength(4)), b: z.literal(1) }),
			z.strictObject({ a: z.string().check(z.maxLength(3)), b: z.literal(2) }),
			z.strictObject({ a: z.string().check(z.maxLength(3)), b: z.literal(1), c: z.optional(z.int()) }),
			z.strictObject({
				a: z.string().check(
					z.maxLength(3),
					z.refine(() => true, 'something')
				),
				b: z.literal(1)
			})
		];
		expect(new Set([base, ...others].map(fingerprint)).size).toBe(6);
	});
});

describe('F5: corrections written once still read', () => {
	const random = seededRandom('corrections v1');
	const target = entryId(random);
	const made = {
		amend: { ...weightEntry(entryId(random)), kind: 'obs.amend', target, settles: [entryId(random)] },
		voids: voidReasons.map((reason) => ({ kind: 'obs.void', v: 1, id: entryId(random), target, reason }))
	};
	const stored = kept('corrections', made) as typeof made;

	test('an amendment that settles a conflict, and a void of every reason', () => {
		for (const entry of [stored.amend, ...stored.voids]) expect(entrySchema.parse(entry)).toEqual(entry);
		expect(stored, ADVICE).toEqual(made);
	});

	test('a reason this app has no name for is read too', () => {
		expect(entrySchema.safeParse({ ...stored.voids[0], reason: 'reasonOfTomorrow' }).success).toBe(true);
		expect(entrySchema.safeParse({ ...stored.voids[0], reason: 'Free text, with a name' }).success).toBe(false);
	});
});

describe('F5: an invitation made once can still be answered and read', () => {
	const random = seededRandom('invitation v1');
	const [owner, sara] = [newPerson(random), newPerson(random)];
	const circle = new TestCircle(owner, ['weight', 'profile'], random);
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
		exp: START
	};
	const name = sealName('Sara', keys, random);
	const answer = {
		v: 1 as const,
		circle: circle.id,
		pub: keys.pub,
		person,
		identity: sara.identity.id,
		at: START,
		name
	};
	const made = {
		link: invitationLink('https://hemlinje.test', secret),
		pub: keys.pub,
		id: keys.id,
		card: sealCard(card, keys, random),
		acceptance: toBase64url(signAcceptance(answer, keys).bytes)
	};
	const stored = kept('invitation', made) as typeof made;

	test('its link, card and answer are as before', () => {
		expect(made, ADVICE).toEqual(stored);
		expect(openCard(stored.card, keys)).toEqual(card);
		const bytes = must(fromBase64url(stored.acceptance), 'base64url');
		expect(readAcceptance(bytes, keys, { circle: circle.id, person })).toEqual({ acceptance: answer, name: 'Sara' });
	});
});

describe('F5: what an owner signed of an end once is still believed', () => {
	const random = seededRandom('erasure v1');
	const owner = newPerson(random);
	const circle = new TestCircle(owner, ['weight', 'profile'], random);
	const by = { identity: owner.identity.id, device: deviceOf(owner).id };
	const erasure: Erasure = { v: 1, circle: circle.id, by, at: START, log: owner.log.map(toBase64url) };
	const contents: ArchiveContents = {
		format: 'hemlinje-archive',
		v: 1,
		at: START,
		by,
		circles: [circle.id],
		files: [{ path: `log/${circle.id}/manifests.bin`, bytes: 4, sha256: circle.head.hash }]
	};
	const made = {
		erasure: toBase64url(signErasure(erasure, deviceOf(owner).sign.secret).bytes),
		archive: toBase64url(signArchive(contents, deviceOf(owner).sign.secret).bytes)
	};
	const stored = kept('endings', made) as typeof made;

	test('that a circle is erased, and what stands in an archive', () => {
		expect(made, ADVICE).toEqual(stored);
		const word = must(parseErasure(must(fromBase64url(stored.erasure), 'base64url')), 'a word');
		const archive = must(parseArchiveContents(must(fromBase64url(stored.archive), 'base64url')), 'contents');
		expect([word.body, isErasedBy(word, owner.identity)]).toEqual([erasure, true]);
		expect([archive.body, isArchiveOf(archive, owner.identity)]).toEqual([contents, true]);
	});
});

describe('F5: bytes made once still open', () => {
	const random = seededRandom('formats v1');
	const owner = newPerson(random);
	const unit = newPerson(random, { type: 'unit' });
	const circle = new TestCircle(owner, ['weight', 'log', 'profile'], random);
	const writer = new TestWriter(circle, circle.book(), deviceOf(owner));
	const entry = weightEntry(entryId(random));
	const frame = writer.write([entry]);
	const card: UnitCard = {
		v: 1,
		identity: unit.identity.id,
		by: deviceOf(unit).id,
		unit: 'Hjärtsviktsmottagningen',
		contact: 'Anna',
		phone: '',
		hours: 'vardagar',
		origin: 'https://hemlinje.test',
		exp: START,
		code: toBase64url(random(16))
	};
	const nonce = toBase64url(random(32));
	const run = nextRun(EMPTY_RUN, frame.hash);
	const heads = {
		incarnation: toBase64url(random(16)),
		circles: [
			{
				circle: circle.id,
				manifest: 0,
				manifestHash: toBase64url(random(8)),
				books: [{ book: circle.book().id, pos: 1, run: shortRun(run) }]
			}
		]
	};
	const pullHeader = { more: false, ranges: [{ circle: circle.id, book: circle.book().id, after: 0, count: 1 }] };
	const code = '0123456789ABCDEFGHJKMNPQR1' as RecoveryCode;
	const device = deviceOf(owner);
	const changeIds = seededRandom('changes v1');
	const changed: Entry = {
		kind: 'change.add',
		v: 1,
		id: entryId(changeIds),
		type: 'medicine.change',
		day: '2026-11-02',
		name: 'Enalapril',
		from: '5 mg',
		to: '10 mg'
	};
	const changes: Entry[] = [
		changed,
		{ kind: 'change.void', v: 1, id: entryId(changeIds), target: changed.id, reason: 'replaced' }
	];
	const useIds = seededRandom('adjustments v1');
	const used: Entry = {
		kind: 'adjust.use',
		v: 1,
		id: entryId(useIds),
		medicine: 'furix',
		name: 'Furix',
		step: 'ta 40 mg extra',
		effective: { utc: 1_795_500_000_000, offset: 60, zone: 'Europe/Stockholm' }
	};
	const uses: Entry[] = [used, { kind: 'adjust.void', v: 1, id: entryId(useIds), target: used.id, reason: 'undo' }];
	const made = {
		frame: toBase64url(frame.bytes),
		frameHash: frame.hash,
		changes: toBase64url(encodeBatch({ lamport: 1, seen: null, entries: changes })),
		adjustments: toBase64url(encodeBatch({ lamport: 1, seen: null, entries: uses })),
		genesis: toBase64url(owner.log[0] ?? new Uint8Array()),
		identity: owner.identity.id,
		manifest: toBase64url(circle.head.bytes),
		manifestHash: circle.head.hash,
		roster: circle.head.body.roster.ct,
		unitCard: toBase64url(signUnitCard(card, deviceOf(unit).sign.secret).bytes),
		login: toBase64url(signLogin('https://hemlinje.test', nonce, owner.identity.id, device.id, device.sign.secret)),
		heads: toBase64url(encodeHeads(heads)),
		run: shortRun(run),
		pull: toBase64url(encodePull(pullHeader, [frame.bytes])),
		push: toBase64url(joinFrames([frame.bytes])),
		keyCommit: keyCommit(circle.key()),
		inviteId: inviteId(must(card.code, 'a one-time card')),
		recoveryId: recoveryLookupId(code),
		recoveryRecipient: toBase64url(recoveryBoxKey(code).pub),
		safetyNumber: safetyNumber(
			must(fromBase64url(owner.identity.id), 'an id'),
			must(fromBase64url(unit.identity.id), 'an id')
		)
	};
	const stored = kept('bytes', made) as typeof made;
	const bytes = (name: keyof typeof made): Uint8Array => must(fromBase64url(stored[name]), 'a fixture is base64url');

	test.each(Object.keys(made) as (keyof typeof made)[])('%s is made byte by byte as before', (name) => {
		expect(made[name], ADVICE).toBe(stored[name]);
	});

	test('a frame verifies, opens and holds its entry', () => {
		const parsed = parseFrame(bytes('frame'));
		const kept_ = must(parsed.ok ? parsed.value : null, 'the frame parses');
		expect(kept_.hash).toBe(stored.frameHash);
		expect(verifyFrame(kept_, device.sign.pub)).toBe(true);
		expect(parseBatch(must(openFrame(kept_, circle.key()), 'it opens'))?.entries).toEqual([entry]);
	});

	test('changes of medicines read', () => {
		expect(parseBatch(bytes('changes'))?.entries).toEqual(changes);
	});

	test('self-adjustments of medicines read', () => {
		expect(parseBatch(bytes('adjustments'))?.entries).toEqual(uses);
	});

	test('an identity log, a manifest chain and its roster read', () => {
		const identity = readIdentityLog([bytes('genesis')]);
		expect(identity.ok && identity.value.id).toBe(stored.identity);
		expect(circle.verify([{ ...circle.head, bytes: bytes('manifest') }]).ok).toBe(true);
		expect(openRoster(stored.roster, circle.id, circle.key(0))?.books).toHaveLength(3);
	});

	test('a unit’s card, a login, heads, a pull and a push read', () => {
		const read = must(parseRecord<UnitCard>('unitCard', unitCardSchema, bytes('unitCard')), 'the card parses');
		expect(verifyRecord('unitCard', read, deviceOf(unit).sign.pub)).toBe(true);
		expect(
			verifyLogin(bytes('login'), 'https://hemlinje.test', nonce, owner.identity.id, device.id, device.sign.pub)
		).toBe(true);
		expect(
			verifyLogin(bytes('login'), 'https://annan.test', nonce, owner.identity.id, device.id, device.sign.pub)
		).toBe(false);
		expect(parseHeads(bytes('heads'))).toEqual(heads);
		expect(parsePull(bytes('pull'))?.header).toEqual(pullHeader);
		expect(splitFrames(bytes('push'))?.map(toBase64url)).toEqual([stored.frame]);
	});

	test('a recovery code still leads to its store', () => {
		expect(parseRecoveryCode(code + '?').ok).toBe(false);
		expect(recoveryLookupId(code)).toBe(stored.recoveryId);
	});

	test('an envelope and a recovery file sealed long ago open (age seals anew each time, so the bytes were kept once)', async () => {
		const recovery = recoveryBoxKey(code);
		const fresh = isUpdating
			? {
					envelope: await sealEnvelope({ member: unit.identity.id, gen: 1, box: unit.box.pub }, circle.id, [
						{ book: circle.book().id, epoch: 1, key: circle.key() }
					]),
					recoveryFile: toBase64url(await (await import('$lib/crypto/boxes')).sealTo(recovery.pub, utf8('{"v":1}')))
				}
			: {};
		const { envelope, recoveryFile } = kept('age', fresh) as {
			envelope: z.infer<typeof envelopeSchema>;
			recoveryFile: string;
		};
		expect((await openEnvelope(envelopeSchema.parse(envelope), unit.box.secret))?.keys).toEqual([
			{ book: circle.book().id, epoch: 1, key: circle.key() }
		]);
		expect(await openWith(recovery.secret, must(fromBase64url(recoveryFile), 'base64url'))).toEqual(utf8('{"v":1}'));
	});
});
