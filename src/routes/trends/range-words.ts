/** From the lowest to the highest, in words. */
import type { FieldDefinition } from '$lib/domain/measure-definition';
import { measures } from '$lib/domain/measures';
import { type Reading, valuesOf } from '$lib/domain/statistics';
import { fieldLabel, fieldValueText, unitName } from '$lib/i18n/measure-words';
import { m } from '$lib/i18n/paraglide/messages';
import { type Compared, comparedName } from '$lib/ui/chart/plot-words';
import { keysOf } from './compare';

/** `73,9–76,4 kg`, `Nej–Mycket`, `74,2 kg` where all are the same. Never broken at its dash. */
export function rangeText(field: FieldDefinition, min: number, max: number): string {
	const [low, high] = [fieldValueText(field, min), fieldValueText(field, max)];
	const text = low === high ? low : `${low}\u2060–\u2060${high}`;
	const unit = field.unit === 'mm[Hg]' ? '' : unitName(field.unit);
	return unit === '' ? text : unit.startsWith('/') ? `${text}${unit}` : `${text}\u00a0${unit}`;
}

/** `Vikt 73,9–76,4 kg`, `Blodtryck övre 121–149, undre 68–88`. */
export function comparedRange(which: Compared, kept: readonly Reading[]): string {
	const { fields } = measures[which.measure];
	const drawn = fields.filter(({ key }) => keysOf(which).includes(key));
	const ranges = drawn.flatMap((field) => {
		const values = valuesOf(kept, field.key);
		if (values.length === 0) return [];
		const min = values.reduce((least, value) => Math.min(least, value));
		const max = values.reduce((most, value) => Math.max(most, value));
		const range = rangeText(field, min, max);
		return drawn.length === 1 ? range : m.trends_pair_field({ field: fieldLabel(field.key).toLowerCase(), range });
	});
	const range = ranges.length > 0 ? ranges.join(', ') : m.trends_pair_none();
	return m.trends_pair_range({ measure: comparedName(which), range });
}
