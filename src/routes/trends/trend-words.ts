/** Names and first words of **Trender**. */
import { unreachable } from '$lib/domain/assert';
import type { MeasureKind } from '$lib/domain/measures';
import type { TrendRange } from '$lib/domain/summary';
import { m } from '$lib/i18n/paraglide/messages';

const ranges: { readonly [R in TrendRange]: () => string } = {
	'7d': m.trends_range_7d,
	'30d': m.trends_range_30d,
	'90d': m.trends_range_90d,
	'1y': m.trends_range_1y,
	all: m.trends_range_all
};

/** **30 dagar**. */
export const rangeName = (range: TrendRange): string => ranges[range]();

/** What will stand here, and the act that starts it. */
export function emptyWords(measure: MeasureKind): { readonly text: string; readonly action: string } {
	switch (measure) {
		case 'bloodPressure':
			return { text: m.trends_empty_pressure(), action: m.trends_log_blood_pressure() };
		case 'weight':
			return { text: m.trends_empty_other(), action: m.trends_log_weight() };
		case 'pulse':
			return { text: m.trends_empty_other(), action: m.trends_log_pulse() };
		case 'selfRatedHealth':
			return { text: m.trends_empty_other(), action: m.trends_log_self_rated_health() };
		default:
			return unreachable(measure);
	}
}
