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
	return [...pulses, ...inside].sort((a, b) => a.effective.utc - b.effective.utc || (a.id < b.id ? -1 : 1));
}
