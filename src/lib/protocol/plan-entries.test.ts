import { describe, expect, test } from 'vitest';
import {
	deviceOf,
	entryId,
	newPerson,
	seededRandom,
	START,
	TestCircle,
	TestWriter,
	withMember
} from '../../../tests/support/people';
import { toBase64url } from '$lib/crypto/bytes';
import { must } from '$lib/domain/assert';
import { emptyPlan, MAX_PLAN_BYTES, type Plan } from '$lib/domain/plan/plan';
import { acceptFrames } from './accept';
import { encodeBatch, isEntry, parseBatch } from './entries';
import { MAX_PLAINTEXT_BYTES, openFrame, type Frame, verifyFrame } from './frame';
import type { Hash } from './ids';
import { createProposal, planRef, type PlanPropose, readProposal } from './plan-entries';
import { statedIn } from './project';
import { memberAtIn } from './member-at';
import { projectPlan } from './project-plan';

const random = seededRandom('plan entries');
const MANIFEST = toBase64url(random(32)) as Hash;
const made = (plan: Plan, careContact: PlanPropose['careContact'] = null, manifest = MANIFEST) => {
	const proposal = createProposal({
		id: entryId(random),
		base: null,
		over: [],
		careContact,
		manifest,
		at: START,
		plan
	});
	return must(proposal.ok ? proposal.value : null, 'the plan can be written');
};
const withStory = (story: string): Plan => ({ ...emptyPlan(), story });

describe('8: entries of the plan book', () => {
	test('F3: the longest plan there can be fits in one frame, whatever its signs', () => {
		const text = 'ö"\n'.repeat(100);
		const actions = Array.from({ length: 40 }, (_, n) => ({ id: `a${n}`, who: 'me' as const, text }));
		const full = { ...emptyPlan(), actions };
		const proposal = made(full);
		expect(JSON.stringify(proposal.plan).length).toBeGreaterThan(MAX_PLAN_BYTES / 2);
		const longest = {
			...proposal,
			over: Array.from({ length: 8 }, () => planRef(newPerson(random).identity.id, proposal)),
			plan: ' '.repeat(MAX_PLAN_BYTES)
		};
		expect(isEntry(longest)).toBe(true);
		const bytes = encodeBatch({
			lamport: 2 ** 48,
			seen: { pos: 2 ** 31, run: 'x'.repeat(11) },
			skewMs: -1e12,
			entries: [longest]
		});
		expect(bytes.length).toBeLessThan(MAX_PLAINTEXT_BYTES);
	});

	test('a plan that is too long makes no entry, and says why', () => {
		const proposal = createProposal({
			id: entryId(random),
			base: null,
			over: [],
			careContact: null,
			manifest: MANIFEST,
			at: START,
			plan: withStory('å'.repeat(100_000))
		});
		expect(proposal).toEqual({
			ok: false,
			error: [{ type: 'text-too-long', place: 'story', length: 100_000, most: 4000 }]
		});
	});

	test('the version is read back, and its name changes with anything in it and with its author', () => {
		const plan = withStory('מרתה עם ‏1177');
		const proposal = made(plan);
		expect(readProposal(proposal)).toEqual({ ok: true, value: plan });
		const [one, two] = [newPerson(random).identity.id, newPerson(random).identity.id];
		const names = [
			planRef(one, proposal),
			planRef(two, proposal),
			planRef(one, { ...proposal, plan: `${proposal.plan} ` }),
			planRef(one, { ...proposal, careContact: two })
		];
		expect(new Set(names).size).toBe(4);
	});
});

describe('8: a plan in a circle', () => {
	const marta = newPerson(random);
	const anna = newPerson(random, { type: 'unit' });
	const lena = newPerson(random);
	const circle = new TestCircle(marta, ['plan'], random);
	circle.add(anna, 'careContact', [[circle.book(), 'w']]);
	circle.add(lena, 'coOwner', [[circle.book(), 'w']]);

	const project = (frames: readonly Frame[]) => {
		const accepted = acceptFrames({
			book: circle.book().id,
			kind: 'plan',
			chain: circle.chain(),
			identities: circle.identities,
			frames,
			isSigned: verifyFrame,
			open: (frame) => parseBatch(must(openFrame(frame, circle.key()), 'it opens'))
		}).accepted;
		return projectPlan(accepted.flatMap(statedIn), memberAtIn(circle.chain()));
	};
	const accept = (proposal: PlanPropose, manifest = circle.head.hash) => ({
		kind: 'plan.accept' as const,
		v: 1 as const,
		id: entryId(random),
		target: planRef(anna.identity.id, proposal),
		as: 'person' as const,
		over: [],
		manifest,
		at: START
	});
	const proposal = made(withStory('Gå till Sara'), anna.identity.id, circle.head.hash);
	const hers = new TestWriter(circle, circle.book(), deviceOf(anna)).write([proposal], { lamport: 1 });
	const lenas = new TestWriter(circle, circle.book(), deviceOf(lena));

	test('Anna proposes and Märta accepts, through sealed and signed frames', () => {
		const martas = new TestWriter(circle, circle.book(), deviceOf(marta)).write([accept(proposal)], { lamport: 2 });
		expect(project([martas, hers]).inForce).toMatchObject([
			{ author: anna.identity.id, plan: { story: 'Gå till Sara' } }
		]);
	});

	test('a co-owner’s acceptance counts for what the manifest said of them when they wrote it', () => {
		const early = lenas.write([accept(proposal)], { lamport: 2 });
		expect(project([hers, early]).inForce).toEqual([]);
		circle.extend(
			marta,
			withMember(lena, (member) => ({ ...member, actsFor: true }))
		);
		const late = lenas.write([accept(proposal)], { lamport: 3 });
		expect(project([hers, early]).inForce).toEqual([]);
		expect(project([hers, early, late]).inForce).toHaveLength(1);
		const unknown = lenas.write([accept(proposal, MANIFEST)], { lamport: 4 });
		expect(project([hers, early, late, unknown]).history.map(({ party }) => party)).toEqual([
			'careContact',
			null,
			'person',
			null
		]);
	});
});
