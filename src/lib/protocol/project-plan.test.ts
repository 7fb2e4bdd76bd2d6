import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { entryId, seededRandom, START } from '../../../tests/support/people';
import { toBase64url } from '$lib/crypto/bytes';
import { must } from '$lib/domain/assert';
import { emptyPlan, type Plan } from '$lib/domain/plan/plan';
import type { Role } from '$lib/domain/rights';
import { isEntry } from './entries';
import type { DeviceId, Hash, IdentityId } from './ids';
import { createProposal, type Party, type PlanEntry, type PlanPropose, planRef, type PlanRef } from './plan-entries';
import type { Stated } from './project';
import { projectPlan } from './project-plan';

const random = seededRandom('project plan');
const names = ['marta', 'anna', 'sara', 'lena'];
const ids = new Map(names.map((who) => [who, toBase64url(random(32)) as IdentityId]));
const identity = (who: string): IdentityId => must(ids.get(who), 'somebody of the test');
const nameOf = (id: IdentityId) => names.find((who) => identity(who) === id);
const roleOf: Record<string, Role> = { marta: 'owner', anna: 'careContact', sara: 'relative', lena: 'coOwner' };
const MANIFEST = toBase64url(random(32)) as Hash;
let place = 0;

/** One entry that counts, as the projection is told of it. */
function said(entry: PlanEntry, by: string, lamport = (place += 1)): Stated {
	place += 1;
	return {
		entry,
		author: identity(by),
		device: `${by}-phone` as DeviceId,
		lamport,
		seq: place,
		owning: roleOf[by] === 'owner' || roleOf[by] === 'coOwner'
	};
}

interface Options {
	readonly base?: PlanRef | null;
	readonly over?: PlanRef[];
	readonly alone?: boolean;
	readonly plan?: Plan;
}

function propose({ base = null, over = base ? [base] : [], alone, plan = emptyPlan() }: Options = {}): PlanPropose {
	const careContact = alone ? null : identity('anna');
	const made = createProposal({ id: entryId(random), base, over, careContact, manifest: MANIFEST, at: START, plan });
	return must(made.ok ? made.value : null, 'the plan can be written');
}
const answer = (kind: 'plan.accept' | 'plan.decline', target: PlanRef, as: Party, over: PlanRef[] = []): PlanEntry =>
	kind === 'plan.accept'
		? { kind, v: 1, id: entryId(random), target, as, over, manifest: MANIFEST, at: START }
		: {
				kind,
				v: 1,
				id: entryId(random),
				target,
				as,
				reason: 'Jag orkar inte väga mig varje dag',
				manifest: MANIFEST,
				at: START
			};
const accept = (target: PlanRef, as: Party, over?: PlanRef[]) => answer('plan.accept', target, as, over);
const refOf = (entry: PlanPropose, by = 'marta') => planRef(identity(by), entry);

const project = (frames: readonly Stated[], standIns: readonly string[] = []) =>
	projectPlan(frames, (manifest, author) => {
		const who = nameOf(author) ?? '';
		const role = roleOf[who];
		return manifest === MANIFEST && role ? { role, actsFor: standIns.includes(who) } : undefined;
	});
const statusOf = (frames: readonly Stated[], ref: PlanRef) =>
	project(frames).versions.find((version) => version.ref === ref)?.status;
const inForce = (frames: readonly Stated[], standIns?: readonly string[]) =>
	project(frames, standIns).inForce.map(({ ref }) => ref);

describe('8: agreement', () => {
	test('a plan that names a care contact is in force when both have agreed, whoever proposed it', () => {
		const plan = propose();
		const byMarta = [said(plan, 'marta')];
		expect(project(byMarta).versions[0]).toMatchObject({ status: 'open', awaits: ['careContact'] });
		expect(inForce([...byMarta, said(accept(refOf(plan), 'careContact'), 'anna')])).toEqual([refOf(plan)]);
		const byAnna = [said(plan, 'anna'), said(accept(refOf(plan, 'anna'), 'person'), 'marta')];
		expect(inForce(byAnna)).toEqual([refOf(plan, 'anna')]);
	});

	test('the person’s own plan is in force at once, and says that nobody else has agreed', () => {
		const plan = propose({ alone: true });
		expect(project([said(plan, 'marta')]).inForce).toMatchObject([
			{ careContact: null, awaits: [], isApprovedByCare: false }
		]);
	});

	test('a relative proposes and binds nobody, and nobody answers in another’s capacity', () => {
		const plan = propose();
		const ref = refOf(plan, 'sara');
		const frames = [
			said(plan, 'sara'),
			said(accept(ref, 'person'), 'sara'),
			said(accept(ref, 'person'), 'anna'),
			said(accept(ref, 'careContact'), 'marta')
		];
		expect(project(frames).versions[0]).toMatchObject({ status: 'open', awaits: ['person', 'careContact'] });
		expect(project(frames).history.map(({ party }) => party)).toEqual([null, null, null, null]);
	});

	test('a co-owner stands in for the person only where the manifest says so', () => {
		const plan = propose();
		const frames = [said(plan, 'anna'), said(accept(refOf(plan, 'anna'), 'person'), 'lena')];
		expect(inForce(frames)).toEqual([]);
		expect(inForce(frames, ['lena'])).toHaveLength(1);
	});

	test('declined with a reason, until the same party accepts after all', () => {
		const plan = propose();
		const ref = refOf(plan);
		const declined = [said(plan, 'marta'), said(answer('plan.decline', ref, 'careContact'), 'anna')];
		expect(statusOf(declined, ref)).toBe('declined');
		expect(project(declined).history[1]?.reason).toMatch(/orkar/);
		expect(statusOf([...declined, said(accept(ref, 'careContact'), 'anna')], ref)).toBe('inForce');
	});

	test('a new version takes the old one’s place when it is agreed, not before; history stays', () => {
		const first = propose();
		const frames = [said(first, 'marta'), said(accept(refOf(first), 'careContact'), 'anna')];
		const second = propose({ base: refOf(first) });
		frames.push(said(second, 'anna'));
		expect(inForce(frames)).toEqual([refOf(first)]);
		frames.push(said(accept(refOf(second, 'anna'), 'person'), 'marta'));
		expect(inForce(frames)).toEqual([refOf(second, 'anna')]);
		expect(statusOf(frames, refOf(first))).toBe('replaced');
		expect(project(frames).history.map(({ type, author }) => `${nameOf(author)} ${type}`)).toEqual([
			'marta proposed',
			'anna accepted',
			'anna proposed',
			'marta accepted'
		]);
	});

	test('acceptance of a version that was replaced meanwhile is named, and changes nothing', () => {
		const first = propose();
		const second = propose({ alone: true, base: refOf(first) });
		const frames = [said(first, 'marta'), said(second, 'marta'), said(accept(refOf(first), 'careContact'), 'anna')];
		const { history, inForce: holds } = project(frames);
		expect(history.map(({ isLate }) => isLate)).toEqual([false, false, true]);
		expect(holds.map(({ ref }) => ref)).toEqual([refOf(second)]);
		expect(statusOf(frames, refOf(first))).toBe('replaced');
	});

	test('an answer binds only the words and the author it names', () => {
		const plan = propose();
		const copied = [said(plan, 'anna'), said(plan, 'sara'), said({ ...plan, plan: '{}' }, 'sara', 0)];
		const frames = [...copied, said(accept(refOf(plan, 'anna'), 'person'), 'marta')];
		expect(inForce(frames)).toEqual([refOf(plan, 'anna')]);
		expect(project(frames).versions).toHaveLength(3);
	});
});

describe('8: concurrent proposals', () => {
	const first = propose();
	const agreed = [said(first, 'marta'), said(accept(refOf(first), 'careContact'), 'anna')];
	const mine = propose({ base: refOf(first) });
	const hers = propose({ base: refOf(first) });
	const both = [...agreed, said(mine, 'marta'), said(hers, 'anna')];
	const [mineRef, hersRef] = [refOf(mine), refOf(hers, 'anna')];

	test('both are shown, and the version before them stays in force', () => {
		expect(
			project(both)
				.proposals.map(({ ref }) => ref)
				.sort()
		).toEqual([mineRef, hersRef].sort());
		expect(inForce(both)).toEqual([refOf(first)]);
	});

	test('when one is agreed the other is outdated, still shown', () => {
		const frames = [...both, said(accept(mineRef, 'careContact'), 'anna')];
		expect(inForce(frames)).toEqual([mineRef]);
		expect(project(frames).proposals).toMatchObject([{ ref: hersRef, status: 'outdated' }]);
	});

	test('when each agrees to the other’s, unknown to the other, both are in force until a new one takes their place', () => {
		const crossed = [
			...both,
			said(accept(mineRef, 'careContact', [refOf(first)]), 'anna'),
			said(accept(hersRef, 'person', [refOf(first)]), 'marta')
		];
		expect(inForce(crossed)).toEqual([hersRef, mineRef]);
		expect(project(crossed).history.at(-1)).toMatchObject({ isLate: true });
		const joined = propose({ base: mineRef, over: [mineRef, hersRef] });
		const after = [
			...crossed,
			said(joined, 'marta'),
			said(accept(refOf(joined), 'careContact', [mineRef, hersRef]), 'anna')
		];
		expect(inForce(after)).toEqual([refOf(joined)]);
	});

	test('both may choose the outdated one after all, knowingly', () => {
		const frames = [
			...both,
			said(accept(mineRef, 'careContact', [refOf(first)]), 'anna'),
			said(accept(hersRef, 'careContact', [mineRef]), 'anna'),
			said(accept(hersRef, 'person', [mineRef]), 'marta')
		];
		expect(inForce(frames)).toEqual([hersRef]);
		expect(project(frames).history.at(-1)).toMatchObject({ isLate: false });
	});
});

describe('8: what cannot be read', () => {
	test('a version of a newer app is kept, named, takes part in agreement, and is not read in part', () => {
		const plan = { ...propose(), plan: '{"v":2,"matters":"something else"}' };
		const frames = [said(plan, 'marta'), said(accept(refOf(plan), 'careContact'), 'anna')];
		expect(isEntry(plan)).toBe(true);
		expect(project(frames).inForce).toMatchObject([{ plan: null, error: { type: 'newer', v: 2 } }]);
	});

	test.each(['{', '[]', '{"v":1}', `${'['.repeat(9)}${']'.repeat(9)}`])(
		'%s is no plan, and said to be unreadable',
		(text) => {
			const frames = [said({ ...propose(), plan: text }, 'marta')];
			expect(project(frames).versions[0]).toMatchObject({ plan: null, error: { type: 'unreadable' } });
		}
	);

	test('an answer whose version has not arrived waits', () => {
		const plan = propose();
		expect(project([said(accept(refOf(plan), 'careContact'), 'anna')])).toMatchObject({ versions: [], unmatched: 1 });
	});
});

describe('C1: any order of frames gives one state', () => {
	const party: Record<string, Party> = { marta: 'person', anna: 'careContact', sara: 'helper', lena: 'person' };
	const steps = fc.array(
		fc.record({
			who: fc.constantFrom(...names),
			pick: fc.nat(20),
			does: fc.constantFrom('propose', 'alone', 'accept', 'decline', 'sync')
		}),
		{ minLength: 1, maxLength: 25 }
	);

	/** What everybody wrote, each knowing only what they had when they last synced. */
	function played(script: { who: string; pick: number; does: string }[]): readonly Stated[] {
		const all: Stated[] = [];
		const knownBy = new Map(names.map((who) => [who, [] as Stated[]]));
		for (const { who, pick, does } of script) {
			const known = must(knownBy.get(who), 'everybody knows something');
			const state = project(known, ['lena']);
			const over = state.inForce.map(({ ref }) => ref);
			const target = state.versions[pick % Math.max(1, state.versions.length)]?.ref;
			const lamport = 1 + Math.max(0, ...known.map((each) => each.lamport));
			const write = (entry: PlanEntry) => {
				const frame = said(entry, who, lamport);
				all.push(frame);
				known.push(frame);
			};
			if (does === 'sync') knownBy.set(who, [...new Set([...known, ...all])]);
			else if (does === 'propose' || does === 'alone')
				write(propose({ base: over[0] ?? null, over, alone: does === 'alone' }));
			else if (target)
				write(answer(does === 'accept' ? 'plan.accept' : 'plan.decline', target, must(party[who], 'a party'), over));
		}
		return all;
	}

	test('whatever was written by whom, knowing what', () => {
		fc.assert(
			fc.property(steps, fc.infiniteStream(fc.nat()), (script, numbers) => {
				const frames = played(script);
				const shuffled = frames
					.map((frame) => ({ frame, key: numbers.next().value as number }))
					.sort((a, b) => a.key - b.key)
					.map(({ frame }) => frame);
				const state = project(frames, ['lena']);
				expect(project([...shuffled, ...shuffled.slice(0, 3)], ['lena'])).toEqual(state);
				// What is agreed is never nothing: some version of those agreed is in force.
				expect(state.inForce.length > 0).toBe(state.versions.some(({ awaits }) => awaits.length === 0));
			}),
			{ numRuns: 200 }
		);
	});
});
