/**
 * Which versions of a plan are agreed and in force, from who said what. Sets and their order alone decide, never a clock.
 *
 * - A version is agreed when every party it needs has proposed or accepted it. Agreement is never taken back.
 * - It takes the place of the versions it was made from, and of those that every party it needs named as in force when they
 *   agreed to it (`over`): so one of two concurrent versions can be chosen over the other, by both, knowingly.
 * - In force are the agreed versions that no other has taken the place of. Two that name each other stay both.
 */
import { must } from '$lib/domain/assert';
import type { Party, PlanRef } from './plan-entries';

export interface Proposed {
	readonly ref: PlanRef;
	readonly base: PlanRef | null;
	readonly needs: readonly Party[];
}

/** A proposal or an answer, with its place in the one order everybody has. */
export interface Said {
	readonly order: number;
	readonly type: 'proposed' | 'accepted' | 'declined';
	readonly target: PlanRef;
	/** Null when it binds nobody. */
	readonly party: Party | null;
	readonly over: readonly PlanRef[];
}

/** `inForce` and `replaced` may be agreed; the others are not. */
export type PlanStatus = 'inForce' | 'replaced' | 'outdated' | 'declined' | 'open';

export interface Standing {
	readonly status: PlanStatus;
	/** Whose agreement is missing. */
	readonly awaits: readonly Party[];
	/** Place of the statement that completed the agreement; null without. */
	readonly agreedAt: number | null;
}

export interface Agreements {
	readonly standingOf: (ref: PlanRef) => Standing;
	/** The newest agreement first. */
	readonly inForce: readonly PlanRef[];
	/** True for a proposal or acceptance of what another version, unknown to the writer, had already taken the place of. */
	readonly isLate: (said: Said) => boolean;
}

interface Judged extends Proposed {
	readonly ancestors: ReadonlySet<PlanRef>;
	readonly awaits: readonly Party[];
	readonly agreedAt: number | null;
	readonly isDeclined: boolean;
	/** What every party it needs has named. */
	readonly over: ReadonlySet<PlanRef>;
}

type Agreed = Judged & { readonly agreedAt: number };
const isAgreed = (version: Judged): version is Agreed => version.agreedAt !== null;

export function agreements(proposed: readonly Proposed[], said: readonly Said[]): Agreements {
	const baseOf = new Map(proposed.map(({ ref, base }) => [ref, base]));
	const judged = new Map(proposed.map((each) => [each.ref, judge(each, said, baseOf)]));
	const agreed = [...judged.values()].filter(isAgreed).sort((a, b) => b.agreedAt - a.agreedAt);
	const leaves = agreed.filter(
		(version) => !agreed.some((other) => takesPlaceOf(other, version) && !takesPlaceOf(version, other))
	);
	const inForce = (leaves.length > 0 ? leaves : agreed).map(({ ref }) => ref);
	const versionOf = (ref: PlanRef): Judged => must(judged.get(ref), 'Every version is judged');
	return {
		inForce,
		standingOf: (ref) => {
			const version = versionOf(ref);
			return { status: statusOf(version, agreed, inForce), awaits: version.awaits, agreedAt: version.agreedAt };
		},
		isLate: ({ type, target, order, over }) => {
			const version = versionOf(target);
			const [from] = agreed.filter(({ ref }) => version.ancestors.has(ref));
			const hasReplaced = (other: Agreed): boolean =>
				takesPlaceOf(other, version) || (from ? takesPlaceOf(other, from) : !version.ancestors.has(other.ref));
			return (
				type !== 'declined' &&
				agreed.some(
					(other) =>
						other.ref !== target &&
						other.agreedAt < order &&
						!over.includes(other.ref) &&
						!version.ancestors.has(other.ref) &&
						hasReplaced(other)
				)
			);
		}
	};
}

function judge(version: Proposed, said: readonly Said[], baseOf: ReadonlyMap<PlanRef, PlanRef | null>): Judged {
	const { ref, needs } = version;
	const about = said.filter(({ target }) => target === ref);
	const agreeing = needs.map((party) => about.filter((each) => each.party === party && each.type !== 'declined'));
	const awaits = needs.filter((_, place) => agreeing[place]?.length === 0);
	const firsts = agreeing.map((statements) => Math.min(...statements.map(({ order }) => order)));
	const named = agreeing.map((statements) => new Set(statements.flatMap(({ over }) => over)));
	return {
		...version,
		ancestors: ancestorsOf(ref, baseOf),
		awaits,
		agreedAt: awaits.length === 0 ? Math.max(...firsts) : null,
		isDeclined: about.some(({ type, party }) => type === 'declined' && party !== null && awaits.includes(party)),
		over: new Set([...(named[0] ?? [])].filter((each) => named.every((one) => one.has(each))))
	};
}

/** Bases of bases; ends also where versions name each other. */
function ancestorsOf(ref: PlanRef, baseOf: ReadonlyMap<PlanRef, PlanRef | null>): ReadonlySet<PlanRef> {
	const ancestors = new Set<PlanRef>();
	let base = baseOf.get(ref) ?? null;
	while (base !== null && base !== ref && !ancestors.has(base)) {
		ancestors.add(base);
		base = baseOf.get(base) ?? null;
	}
	return ancestors;
}

const takesPlaceOf = (version: Judged, other: Judged): boolean =>
	version.ref !== other.ref && (version.ancestors.has(other.ref) || version.over.has(other.ref));

function statusOf(version: Judged, agreed: readonly Agreed[], inForce: readonly PlanRef[]): PlanStatus {
	if (inForce.includes(version.ref)) return 'inForce';
	if (isAgreed(version) || agreed.some((other) => takesPlaceOf(other, version))) return 'replaced';
	if (version.isDeclined) return 'declined';
	// Of the versions in force, one it was made from; at the very beginning there is none.
	const isCurrent = inForce.length === 0 || inForce.some((ref) => version.ancestors.has(ref));
	return isCurrent ? 'open' : 'outdated';
}
