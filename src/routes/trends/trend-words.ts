/** Names and first words of **Trender**. */
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

/** What will stand here. */
export const emptyText = (measure: MeasureKind): string =>
	measure === 'bloodPressure' ? m.trends_empty_pressure() : m.trends_empty_other();
