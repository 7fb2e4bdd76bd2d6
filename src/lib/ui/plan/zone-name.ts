/** The word of a zone, which stands before its shape and its colour. */
import { m } from '$lib/i18n/paraglide/messages';
import type { ShownZone } from '../zone';

const names: Readonly<Record<ShownZone, () => string>> = {
	green: m.common_zone_green,
	yellow: m.common_zone_yellow,
	red: m.common_zone_red,
	unknown: m.common_zone_unknown
};

export const zoneName = (zone: ShownZone): string => names[zone]();
