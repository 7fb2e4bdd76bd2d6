/**
 * From accepted entries of the plan book to its versions, who has said what of them, and what is in force. A pure function of
 * what was said: any order gives the same, and concurrent proposals are all there.
 */
import type { KnownVersion } from '$lib/domain/plan/origins';
import type { PlanReadError } from '$lib/domain/plan/plan';
import type { EntryId, IdentityId } from './ids';
import type { MemberAt } from './member-at';
import { agreements, type Agreements, type PlanStatus, type Said } from './plan-agreement';
import { type Party, type PlanEntry, type PlanPropose, planRef, type PlanRef, readProposal } from './plan-entries';
import { inStatedOrder, type Stated } from './project';

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

/** `stated` are the entries that count in the plan book, in any order. */
export function projectPlan(stated: readonly Stated[], memberAt: MemberAt): PlanState {
	const authored = inOrder(stated);
	const proposals = new Map(
		authored.flatMap(({ entry, author, target }) =>
			entry.kind === 'plan.propose' ? [[target, { entry, author }] as const] : []
		)
	);
	const said = authored.flatMap((each, order) => {
		const proposal = proposals.get(each.target)?.entry;
		return proposal ? toSaid(each, order, proposal, memberAt) : [];
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
	readonly target: PlanRef;
}

/** In everybody's order. What one author says twice, as a frame sealed again does, is said once. */
function inOrder(stated: readonly Stated[]): readonly Authored[] {
	const first = new Map<string, Authored>();
	const keyed = stated.flatMap(({ entry, author, ...place }) => {
		if (entry.kind !== 'plan.propose' && entry.kind !== 'plan.accept' && entry.kind !== 'plan.decline') return [];
		const target = entry.kind === 'plan.propose' ? planRef(author, entry) : entry.target;
		// In one frame a proposal comes before its answers; the rest only decides between equals.
		const rank = entry.kind === 'plan.propose' ? 0 : 1;
		return {
			key: `${rank} ${entry.kind} ${author} ${entry.id} ${target}`,
			place: { entry, author, ...place },
			entry,
			author,
			target
		};
	});
	keyed.sort((a, b) => inStatedOrder(a.place, b.place) || (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
	for (const { key, entry, author, target } of keyed) if (!first.has(key)) first.set(key, { entry, author, target });
	return [...first.values()];
}

const needsOf = ({ careContact }: PlanPropose): readonly Party[] =>
	careContact === null ? ['person'] : ['person', 'careContact'];

/** Whoever proposes agrees to it, in the capacity they have. */
function partyOf({ entry, author }: Authored, { careContact }: PlanPropose, memberAt: MemberAt): Party | null {
	const member = memberAt(entry.manifest, author);
	const may: Readonly<Record<Party, boolean>> = {
		person: member?.role === 'owner' || (member?.role === 'coOwner' && member.actsFor),
		careContact: member?.role === 'careContact' && author === careContact,
		helper: member?.role === 'helper'
	};
	if (entry.kind !== 'plan.propose') return may[entry.as] ? entry.as : null;
	if (may.person) return 'person';
	return may.careContact ? 'careContact' : null;
}

const typeOf = { 'plan.propose': 'proposed', 'plan.accept': 'accepted', 'plan.decline': 'declined' } as const;

interface SaidBy extends Said {
	readonly by: Authored;
	readonly isByCare: boolean;
}

const toSaid = (by: Authored, order: number, proposal: PlanPropose, memberAt: MemberAt): SaidBy => ({
	by,
	order,
	type: typeOf[by.entry.kind],
	target: by.target,
	party: partyOf(by, proposal, memberAt),
	over: by.entry.kind === 'plan.decline' ? [] : by.entry.over,
	isByCare: memberAt(by.entry.manifest, by.author)?.role === 'careContact'
});

const toStatement = (said: SaidBy, { isLate }: Agreements): PlanStatement => ({
	type: said.type,
	target: said.target,
	author: said.by.author,
	party: said.party,
	at: said.by.entry.at,
	reason: said.by.entry.kind === 'plan.decline' ? (said.by.entry.reason ?? null) : null,
	isByCare: said.isByCare,
	isLate: isLate(said)
});

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
