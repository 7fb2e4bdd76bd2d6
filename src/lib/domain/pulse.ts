/** Pulse is measured alone, or comes with a blood pressure; the pulse's own curve is both (docs/protocol.md 3). */
import type { Observation } from './observation';

/** Pulses of their own and those inside blood pressures, oldest first. The latter say so by `within`, and have an id of their own. */
export function unitedPulses(
	pulses: readonly Observation[],
	pressures: readonly Observation[]
): readonly Observation[] {
	const inside = pressures.flatMap((pressure): Observation[] => {
		const pulse = pressure.values['pulse'];
		return pulse === undefined
			? []
			: [{ ...pressure, id: `${pressure.id}.pulse`, measure: 'pulse', values: { pulse }, within: 'bloodPressure' }];
	});
	if (inside.length === 0) return pulses;
	return merged(pulses, inside);
}

/** Two lists that are oldest first, as one. */
function merged(some: readonly Observation[], others: readonly Observation[]): readonly Observation[] {
	if (some.length === 0) return others;
	const all: Observation[] = [];
	let at = 0;
	for (const each of others) {
		for (let next = some[at]; next && isBefore(next, each); next = some[at]) {
			all.push(next);
			at += 1;
		}
		all.push(each);
	}
	return [...all, ...some.slice(at)];
}

const isBefore = (a: Observation, b: Observation): boolean =>
	a.effective.utc < b.effective.utc || (a.effective.utc === b.effective.utc && a.id < b.id);
