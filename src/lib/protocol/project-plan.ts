/**
 * From accepted entries of the plan book to its versions, who has said what of them, and what is in force. A pure function of
 * the frames: any order gives the same, and concurrent proposals are all there.
 */
import type { KnownVersion } from '$lib/domain/plan/origins';
import type { PlanReadError } from '$lib/domain/plan/plan';
import type { AcceptedFrame } from './accept';
import type { EntryId, IdentityId } from './ids';
import { type ManifestChain, memberOf } from './manifest';
import { agreements, type Agreements, type PlanStatus, type Said } from './plan-agreement';
import { type Party, type PlanEntry, type PlanPropose, planRef, type PlanRef, readProposal } from './plan-entries';

/** A member proposes, accepts or declines a version. */
export interface PlanStatement {
	readonly type: Said['type'];
	readonly target: PlanRef;
	readonly author: IdentityId;
	/** The party it counts for; null when it binds nobody: a relative's proposal, a capacity the author does not have. */
	readonly party: Party | null;
	readonly at: number;
	readonly reason: string | null;
	/** A care contact said it, named in the version or not: with a proposal or acceptance they approve its numbers. */
	readonly isByCare: boolean;
	/** Another version had taken this one's place meanwhile, unknown to the writer. */
	readonly isLate: boolean;
}

export interface PlanVersion extends KnownVersion {
	readonly ref: PlanRef;
	readonly id: EntryId;
	readonly base: PlanRef | null;
	readonly author: IdentityId;
	/** Why `plan` is null: a newer app's, kept and named, or unreadable. */
	readonly error: PlanReadError | null;
	/** The member whose agreement it needs besides the person's. Null: the person's own plan, and the screen says so. */
	readonly careContact: IdentityId | null;
	readonly status: PlanStatus;
	/** Whose agreement is missing; empty when it is agreed. */
	readonly awaits: readonly Party[];
	readonly isApprovedByCare: boolean;
	/** Oldest first. */
	readonly statements: readonly PlanStatement[];
}

export interface PlanState {
	/** Newest first. */
	readonly versions: readonly PlanVersion[];
	/**
	 * Empty before the first agreement. More than one when they were agreed without knowledge of each other: all hold, the
	 * newest agreement first, until a new version takes their place.
	 */
	readonly inForce: readonly PlanVersion[];
	/** Proposals that wait for an answer, also outdated ones; newest first. */
	readonly proposals: readonly PlanVersion[];
	/** Everything that was said, oldest first. */
	readonly history: readonly PlanStatement[];
	/** Answers to versions that have not arrived. */
	readonly unmatched: number;
}

/** Whether the author could stand in for the person at agreements when the frame was written. */
export type StandsIn = (frame: AcceptedFrame) => boolean;

/** By the manifest the writer named as the newest it knew, or by the newest where that one is not here. */
export function standsInBy(chain: ManifestChain): StandsIn {
	const bodyOf = new Map(chain.records.map(({ hash, body }) => [hash, body]));
	return ({ frame, author }) =>
		memberOf(bodyOf.get(frame.header.manifest) ?? chain.head.body, author)?.actsFor === true;
}

export function projectPlan(frames: readonly AcceptedFrame[], standsIn: StandsIn): PlanState {
	const authored = inOrder(frames);
	const proposals = new Map(
		authored.flatMap(({ entry, author }) =>
			entry.kind === 'plan.propose' ? [[planRef(author, entry), { entry, author }] as const] : []
		)
	);
	const said = authored.flatMap((each, order) => {
		const target = each.entry.kind === 'plan.propose' ? planRef(each.author, each.entry) : each.entry.target;
		const proposal = proposals.get(target)?.entry;
		return proposal ? toSaid(each, order, target, partyOf(each, proposal, standsIn)) : [];
	});
	const proposed = [...proposals].map(([ref, { entry }]) => ({ ref, base: entry.base, needs: needsOf(entry) }));
	const agreed = agreements(proposed, said);
	const history = said.map((each) => toStatement(each, agreed));
	const versions = [...proposals]
		.map(([ref, { entry, author }]) => toVersion(ref, entry, author, agreed, history))
		.reverse();
	return {
		versions,
		inForce: agreed.inForce.flatMap((ref) => versions.filter((version) => version.ref === ref)),
		proposals: versions.filter(({ status }) => status === 'open' || status === 'outdated'),
		history,
		unmatched: authored.length - said.length
	};
}

interface Authored {
	readonly entry: PlanEntry;
	readonly author: IdentityId;
	readonly frame: AcceptedFrame;
}

/** Everybody's order: Lamport time, device, sequence, hash, place. What is said twice by one author, as sealed again, is said once. */
function inOrder(frames: readonly AcceptedFrame[]): readonly Authored[] {
	const first = new Map<string, Authored>();
	for (const frame of [...frames].sort(byTimeThenPlace)) {
		for (const entry of frame.batch.entries) {
			if (entry.kind !== 'plan.propose' && entry.kind !== 'plan.accept' && entry.kind !== 'plan.decline') continue;
			const target = entry.kind === 'plan.propose' ? planRef(frame.author, entry) : entry.target;
			const key = `${frame.author} ${entry.id} ${entry.kind} ${target}`;
			if (!first.has(key)) first.set(key, { entry, author: frame.author, frame });
		}
	}
	return [...first.values()];
}

function byTimeThenPlace(a: AcceptedFrame, b: AcceptedFrame): number {
	const place = ({ frame: { header, hash } }: AcceptedFrame) => [header.device, header.seq, hash] as const;
	const [left, right] = [place(a), place(b)];
	const differing = left.findIndex((part, at) => part !== right[at]);
	const isBefore = (left[differing] ?? '') < (right[differing] ?? '');
	return a.batch.lamport - b.batch.lamport || (differing === -1 ? 0 : isBefore ? -1 : 1);
}

const needsOf = ({ careContact }: PlanPropose): readonly Party[] =>
	careContact === null ? ['person'] : ['person', 'careContact'];

/** Whoever proposes agrees to it, in the capacity they have. */
function partyOf({ entry, author, frame }: Authored, { careContact }: PlanPropose, standsIn: StandsIn): Party | null {
	const may: Readonly<Record<Party, boolean>> = {
		person: frame.role === 'owner' || (frame.role === 'coOwner' && standsIn(frame)),
		careContact: frame.role === 'careContact' && author === careContact,
		helper: frame.role === 'helper'
	};
	if (entry.kind !== 'plan.propose') return may[entry.as] ? entry.as : null;
	if (may.person) return 'person';
	return may.careContact ? 'careContact' : null;
}

const typeOf = { 'plan.propose': 'proposed', 'plan.accept': 'accepted', 'plan.decline': 'declined' } as const;

type SaidBy = Said & { readonly by: Authored };

const toSaid = (by: Authored, order: number, target: PlanRef, party: Party | null): SaidBy => ({
	by,
	order,
	type: typeOf[by.entry.kind],
	target,
	party,
	over: by.entry.kind === 'plan.decline' ? [] : by.entry.over
});

function toStatement(said: SaidBy, { isLate }: Agreements): PlanStatement {
	const { entry, author, frame } = said.by;
	return {
		type: said.type,
		target: said.target,
		author,
		party: said.party,
		at: entry.at,
		reason: entry.kind === 'plan.decline' ? (entry.reason ?? null) : null,
		isByCare: frame.role === 'careContact',
		isLate: isLate(said)
	};
}

function toVersion(
	ref: PlanRef,
	entry: PlanPropose,
	author: IdentityId,
	{ standingOf }: Agreements,
	history: readonly PlanStatement[]
): PlanVersion {
	const read = readProposal(entry);
	const { status, awaits } = standingOf(ref);
	const statements = history.filter(({ target }) => target === ref);
	return {
		ref,
		id: entry.id,
		base: entry.base,
		author,
		at: entry.at,
		plan: read.ok ? read.value : null,
		error: read.ok ? null : read.error,
		careContact: entry.careContact,
		status,
		awaits,
		isApprovedByCare: statements.some(({ isByCare, type }) => isByCare && type !== 'declined'),
		statements
	};
}
