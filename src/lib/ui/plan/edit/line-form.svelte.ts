/** The form of one line of a plan: what is typed, and what is wrong with it, in words beside the field. */
import type { Plan } from '$lib/domain/plan/plan';
import { httpsLinkSchema, phoneSchema } from '$lib/domain/plan/fields';
import { plainText, textLimits } from '$lib/domain/plan/text';
import { parseClock, parseLocalDate } from '$lib/domain/time';
import { parseNumber } from '$lib/domain/typed-number';
import { formatNumber } from '$lib/i18n/format';
import { m } from '$lib/i18n/paraglide/messages';
import { numberText } from '$lib/i18n/plan-clause-words';
import {
	type FieldSpec,
	fieldsOf,
	type FormSection,
	type NumberFieldSpec,
	targetKey,
	type Values
} from './line-fields';
import { agreedMoment, clocksOf, type LineOfForm, lineOfValues, startValues, valuesOfLine } from './line-values';

interface LineFormDeps<S extends FormSection> {
	readonly section: S;
	readonly plan: Plan;
	/** The line that is changed; null for a new one. */
	readonly line: LineOfForm[S] | null;
	readonly id: string;
	/** Where agreed times are placed. */
	readonly zone: string;
	/** What a new line begins with besides what all of its kind do. */
	readonly start?: Values;
}

export class LineForm<S extends FormSection = FormSection> {
	readonly #deps: LineFormDeps<S>;
	values: Values = $state.raw({});
	/** By key of the field, since the last press. */
	wrong: Readonly<Record<string, string>> = $state.raw({});

	readonly fields: readonly FieldSpec[] = $derived.by(() => fieldsOf(this.#deps.section, this.values, this.#deps.plan));

	constructor(deps: LineFormDeps<S>) {
		this.#deps = deps;
		const { section, line, plan, start } = deps;
		this.values = line === null ? { ...startValues[section], ...start } : valuesOfLine(section, line, plan);
	}

	get section(): S {
		return this.#deps.section;
	}

	get isNew(): boolean {
		return this.#deps.line === null;
	}

	put(key: string, value: string): void {
		this.values = { ...this.values, [key]: value };
	}

	/** The line, or null with what is wrong said in the form. */
	finish(): LineOfForm[S] | null {
		const { section, id, zone } = this.#deps;
		const found = this.fields.flatMap((field): [string, string][] => {
			const message = this.#wrongWith(field);
			return message === null ? [] : [[field.key, message]];
		});
		this.wrong = Object.fromEntries([...found, ...(found.length === 0 ? this.#wrongTogether() : [])]);
		return Object.keys(this.wrong).length === 0 ? lineOfValues(section, this.values, id, zone) : null;
	}

	#wrongWith(field: FieldSpec): string | null {
		const value = plainText(this.values[field.key] ?? '');
		if (value === '') {
			if (!field.required) return null;
			return field.kind === 'choice' || field.kind === 'weekdays' ? m.plan_wrong_choose() : m.plan_wrong_missing();
		}
		switch (field.kind) {
			case 'text': {
				const most = textLimits[field.size];
				return value.length > most
					? m.plan_write_text_long({ length: formatNumber(value.length), most: formatNumber(most) })
					: null;
			}
			case 'number':
				return isWithin(value, field)
					? null
					: m.plan_wrong_number({ min: numberText(field.min), max: numberText(field.max) });
			case 'phone':
				return phoneSchema.safeParse(value).success ? null : m.plan_wrong_phone();
			case 'link':
				return httpsLinkSchema.safeParse(value).success ? null : m.plan_wrong_link();
			case 'date':
				return parseLocalDate(value) ? null : m.plan_wrong_date();
			case 'clock':
				return parseClock(value) === undefined ? m.plan_wrong_clock() : null;
			case 'clocks':
				return clocksOf(value).every((clock) => parseClock(clock) !== undefined) ? null : m.plan_wrong_clock();
			case 'choice':
				return field.options.some((option) => option.value === value) ? null : m.plan_wrong_choose();
			case 'check':
			case 'weekdays':
				return null;
		}
	}

	/** What two fields say against each other. */
	#wrongTogether(): [string, string][] {
		const { values } = this;
		const { section, zone } = this.#deps;
		if (section === 'appointments' && agreedMoment(values, zone) === null) return [['clock', m.plan_wrong_clock()]];
		const [from, until] = [values['from'] ?? '', values['until'] ?? ''];
		if (from !== '' && until !== '' && until < from) return [['until', m.plan_wrong_order()]];
		if (section !== 'measuring') return [];
		return this.fields.flatMap(({ key }): [string, string][] => {
			const field = /^target\.(.+)\.max$/.exec(key)?.[1];
			if (field === undefined) return [];
			const [min, max] = [values[targetKey(field, 'min')], values[key]].map((typed) => parseNumber(typed ?? '', 2));
			return min?.ok && max?.ok && max.value < min.value ? [[key, m.plan_wrong_order()]] : [];
		});
	}
}

function isWithin(value: string, { min, max, decimals }: NumberFieldSpec): boolean {
	const number = parseNumber(value, decimals);
	return number.ok && min <= number.value && number.value <= max;
}
