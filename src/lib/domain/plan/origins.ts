/**
 * Who wrote each line of a version, and when: the author of the signed version in which it first stood as it stands now.
 * Nobody can write a line in another's name.
 */
import type { Plan } from './plan';
import { isSameLine, lineKey, type PlanLine, planLines } from './plan-lines';

/** What is known of a version; `plan` is null for one of a newer app. */
export interface KnownVersion {
	readonly ref: string;
	/** The version it changes; null for a first one. */
	readonly base: string | null;
	readonly author: string;
	/** UTC milliseconds. */
	readonly at: number;
	readonly plan: Plan | null;
}

export interface LineOrigin {
	readonly author: string;
	readonly at: number;
	/** Written here or in a version before it that this reader does not hold or cannot read. */
	readonly orEarlier: boolean;
}

type VersionOf = (ref: string) => KnownVersion | undefined;

/** By `lineKey`. */
export function lineOrigins(version: KnownVersion, versionOf: VersionOf): ReadonlyMap<string, LineOrigin> {
	const chain = ancestry(version, versionOf);
	const lines = version.plan ? planLines(version.plan) : [];
	return new Map(
		lines.map((line) => {
			const place = firstPlace(line, chain);
			const origin = chain[place] ?? version;
			const orEarlier = place === chain.length - 1 && origin.base !== null;
			return [lineKey(line), { author: origin.author, at: origin.at, orEarlier }];
		})
	);
}

/**
 * Lines with numbers from a source (rules, measuring) that no care contact has approved as they stand: suggestions. By
 * `lineKey`. `isApproved` tells whether a care contact wrote or accepted a version.
 */
export function suggestedLines(
	version: KnownVersion,
	versionOf: VersionOf,
	isApproved: (ref: string) => boolean
): ReadonlySet<string> {
	const chain = ancestry(version, versionOf);
	const lines = version.plan ? planLines(version.plan) : [];
	const isSuggested = (line: PlanLine): boolean => {
		const stoodIn = chain.slice(0, firstPlace(line, chain) + 1);
		return hasSource(line) && !stoodIn.some(({ ref }) => isApproved(ref));
	};
	return new Set(lines.filter(isSuggested).map(lineKey));
}

const hasSource = ({ section, line }: PlanLine): boolean =>
	(section === 'rules' || section === 'measuring') && line.source !== undefined;

/** The version, its base, the base's base and so on, as far as they are known and can be read. */
function ancestry(version: KnownVersion, versionOf: VersionOf): readonly KnownVersion[] {
	const chain = [version];
	const seen = new Set([version.ref]);
	let next = version.base === null ? undefined : versionOf(version.base);
	while (next?.plan && !seen.has(next.ref)) {
		chain.push(next);
		seen.add(next.ref);
		next = next.base === null ? undefined : versionOf(next.base);
	}
	return chain;
}

/** How far back in the chain the line has stood unchanged. */
function firstPlace(line: PlanLine, chain: readonly KnownVersion[]): number {
	const key = lineKey(line);
	const changed = chain.findIndex(({ plan }) => {
		const was = plan && planLines(plan).find((each) => lineKey(each) === key);
		return !was || !isSameLine(was, line);
	});
	return changed === -1 ? chain.length - 1 : Math.max(0, changed - 1);
}
