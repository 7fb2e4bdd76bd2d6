import { m } from '$lib/i18n/paraglide/messages';

/** A zone as shown: what the plan's clauses gave, or that they could not be answered. */
export type ShownZone = 'green' | 'yellow' | 'red' | 'unknown';

/** The zone's word. It stands wherever the shape or the colour does. */
export function zoneWord(zone: ShownZone): string {
	switch (zone) {
		case 'green':
			return m.common_zone_green();
		case 'yellow':
			return m.common_zone_yellow();
		case 'red':
			return m.common_zone_red();
		case 'unknown':
			return m.common_zone_unknown();
	}
}
