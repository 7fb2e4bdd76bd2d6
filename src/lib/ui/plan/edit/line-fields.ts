/** What is asked for each kind of line of a plan: fields in words, from a line to what stands in them and back. */
import { homeBpPresets } from '$lib/domain/home-bp-presets';
import { measureKinds, measures, type MeasureKind } from '$lib/domain/measures';
import { isLimitField } from '$lib/domain/plan/clause';
import type { Plan } from '$lib/domain/plan/plan';
import type { TextSize } from '$lib/domain/plan/text';
import { fieldLabel, measureName } from '$lib/i18n/measure-words';
import { m } from '$lib/i18n/paraglide/messages';
import { contactName } from '$lib/i18n/plan-words';

/** What stands in the fields, as typed. A check is `yes` or empty, days are `1,2,3`, clocks `07:00,19:00`. */
export type Values = Readonly<Record<string, string>>;

interface FieldBase {
	readonly key: string;
	readonly label: string;
	readonly required?: boolean;
}
export interface TextFieldSpec extends FieldBase {
	readonly kind: 'text';
	readonly size: TextSize;
	readonly hint?: string;
}
export interface NumberFieldSpec extends FieldBase {
	readonly kind: 'number';
	readonly min: number;
	readonly max: number;
	readonly decimals: number;
	readonly hint?: string;
}
export interface ChoiceFieldSpec extends FieldBase {
	readonly kind: 'choice';
	readonly options: readonly { readonly value: string; readonly label: string }[];
}
export type FieldSpec =
	| TextFieldSpec
	| NumberFieldSpec
	| ChoiceFieldSpec
	| (FieldBase & { readonly kind: 'date' | 'clock' | 'phone' | 'link' | 'check' | 'weekdays' | 'clocks' });

/** Lines that are asked for in a form; rules have one of their own. */
export const formSections = [
	'matters',
	'green',
	'goals',
	'actions',
	'measuring',
	'medicines',
	'contacts',
	'covers',
	'appointments',
	'capacities',
	'assessment',
	'sip'
] as const;
export type FormSection = (typeof formSections)[number];

const text = (
	key: string,
	label: string,
	size: TextSize,
	more: { required?: boolean; hint?: string } = {}
): FieldSpec => ({
	kind: 'text',
	key,
	label,
	size,
	...more
});
const required = { required: true } as const;
const date = (key: string, label: string, more: { required?: boolean } = {}): FieldSpec => ({
	kind: 'date',
	key,
	label,
	...more
});
const whole = (key: string, label: string, min: number, max: number, isRequired = true): FieldSpec => ({
	kind: 'number',
	key,
	label,
	min,
	max,
	decimals: 0,
	required: isRequired
});

const none = () => ({ value: '', label: m.plan_field_none() });

/** Every contact of the plan, and the two numbers everyone has. */
export const callTargets = (plan: Plan) =>
	[...plan.contacts.map(({ id }) => id), '1177', '112'].map((value) => ({ value, label: contactName(value, plan) }));

/** The fields of a line in the order they are asked, given what stands in them. */
export function fieldsOf(section: FormSection, values: Values, plan: Plan): readonly FieldSpec[] {
	switch (section) {
		case 'matters':
		case 'green':
			return [text('text', m.plan_field_text(), 'line', required)];
		case 'goals':
			return [
				text('text', m.plan_field_text(), 'line', required),
				...(plan.matters.length > 0
					? [
							{
								kind: 'choice' as const,
								key: 'matters',
								label: m.plan_field_matters(),
								options: [none(), ...plan.matters.map(({ id, text: label }) => ({ value: id, label }))]
							}
						]
					: []),
				date('until', m.plan_field_until())
			];
		case 'actions':
			return [
				{ kind: 'choice', key: 'who', label: m.plan_field_who(), options: whoOptions(), required: true },
				text('text', m.plan_field_what(), 'line', required),
				text('when', m.plan_field_when(), 'short', { hint: m.plan_field_when_hint() }),
				date('from', m.plan_field_from()),
				date('until', m.plan_field_until())
			];
		case 'measuring':
			return measuringFields(values);
		case 'medicines':
			return [
				text('name', m.plan_field_medicine(), 'short', required),
				text('dose', m.plan_field_dose(), 'short', { ...required, hint: m.plan_field_dose_hint() }),
				text('when', m.plan_field_when(), 'short', { hint: m.plan_field_when_hint() }),
				text('note', m.plan_field_note(), 'line'),
				{ kind: 'check', key: 'adjust', label: m.plan_field_adjust() },
				...(values['adjust'] === 'yes'
					? [
							text('step', m.plan_field_step(), 'line', { ...required, hint: m.plan_field_step_hint() }),
							whole('times', m.plan_field_times(), 1, 30),
							whole('withinDays', m.plan_field_withinDays(), 1, 90),
							whole('mostPerDay', m.plan_field_mostPerDay(), 1, 10),
							{
								kind: 'choice' as const,
								key: 'contact',
								label: m.plan_field_then(),
								options: callTargets(plan),
								required: true
							}
						]
					: [])
			];
		case 'contacts':
			return [
				text('name', m.plan_field_name(), 'short', required),
				text('role', m.plan_field_role(), 'short'),
				{
					kind: 'choice',
					key: 'organisation',
					label: m.plan_field_organisation(),
					options: (['region', 'municipality', 'private', 'other'] as const).map((value) => ({
						value,
						label: m.plan_organisation({ id: value })
					})),
					required: true
				},
				text('unit', m.plan_field_unit(), 'short'),
				{ kind: 'phone', key: 'phone', label: m.plan_field_phone() },
				text('hours', m.plan_field_hours(), 'short', { hint: m.plan_field_hours_hint() }),
				{ kind: 'check', key: 'fixed', label: m.plan_field_fixed() }
			];
		case 'covers':
			return [
				{
					kind: 'choice',
					key: 'contact',
					label: m.plan_field_contact(),
					options: plan.contacts.map(({ id, name }) => ({ value: id, label: name })),
					required: true
				},
				text('name', m.plan_field_name(), 'short', required),
				{ kind: 'phone', key: 'phone', label: m.plan_field_phone() },
				date('from', m.plan_field_from(), required),
				date('until', m.plan_field_until(), required)
			];
		case 'appointments':
			return [
				text('title', m.plan_field_title(), 'short', required),
				date('date', m.plan_field_date(), required),
				{ kind: 'clock', key: 'clock', label: m.plan_field_clock(), required: true },
				whole('minutes', m.plan_field_minutes(), 5, 1440, false),
				text('place', m.plan_field_place(), 'line'),
				{ kind: 'link', key: 'video', label: m.plan_field_video() }
			];
		case 'capacities':
			return [
				text('who', m.plan_field_relative(), 'short', required),
				{
					kind: 'choice',
					key: 'can',
					label: m.plan_field_can(),
					options: [
						{ value: 'yes', label: m.plan_can_yes() },
						{ value: 'no', label: m.plan_can_no() }
					],
					required: true
				},
				text('text', m.plan_field_capacity(), 'line', required)
			];
		case 'assessment':
			return [
				text('by', m.plan_field_by(), 'short', required),
				text('role', m.plan_field_role(), 'short', required),
				text('unit', m.plan_field_unit(), 'short', required),
				date('date', m.plan_field_date(), required),
				text('what', m.plan_field_what(), 'long', required),
				text('how', m.plan_field_how(), 'long'),
				text('helpers', m.plan_field_helpers(), 'line'),
				text('risk', m.plan_field_risk(), 'long'),
				text('ifChanged', m.plan_field_ifChanged(), 'long'),
				{
					kind: 'choice',
					key: 'contact',
					label: m.plan_field_contact(),
					options: [none(), ...plan.contacts.map(({ id, name }) => ({ value: id, label: name }))]
				},
				date('followUp', m.plan_field_followUp()),
				text('reassess', m.plan_field_reassess(), 'line')
			];
		case 'sip':
			return [
				{
					kind: 'choice',
					key: 'wish',
					label: m.plan_field_wish(),
					options: (['yes', 'has', 'no'] as const).map((value) => ({ value, label: m.plan_sip({ wish: value }) })),
					required: true
				},
				text('coordinator', m.plan_field_coordinator(), 'line')
			];
	}
}

const whoOptions = () =>
	(['me', 'relative', 'care'] as const).map((value) => ({ value, label: m.plan_who({ who: value }) }));

/** Key of a target's end in the form. */
export const targetKey = (field: string, end: 'min' | 'max'): string => `target.${field}.${end}`;

/** Fields of a measure that can have a target. */
export const targetFields = (measure: MeasureKind) =>
	measures[measure].fields.filter(({ key }) => isLimitField({ measure, field: key }));

function measuringFields(values: Values): readonly FieldSpec[] {
	const measure = measureKinds.find((kind) => kind === values['measure']) ?? 'weight';
	const isPressure = measure === 'bloodPressure';
	return [
		{
			kind: 'choice',
			key: 'measure',
			label: m.plan_field_measure(),
			options: measureKinds.map((value) => ({ value, label: measureName(value) })),
			required: true
		},
		{ kind: 'weekdays', key: 'weekdays', label: m.plan_field_weekdays(), required: true },
		{ kind: 'clocks', key: 'times', label: m.plan_field_clocks() },
		...(isPressure
			? [
					{
						kind: 'choice' as const,
						key: 'protocol',
						label: m.plan_field_protocol(),
						options: [
							none(),
							...Object.keys(homeBpPresets).map((id) => ({
								value: id,
								label: [m.series_preset({ id }), m.series_preset_detail({ id })].join('. ')
							}))
						]
					}
				]
			: []),
		whole('everyWeeks', m.plan_field_everyWeeks(), 1, 52, false),
		...targetFields(measure).flatMap(({ key, decimals, hard }) =>
			(['min', 'max'] as const).map((end): FieldSpec => ({
				kind: 'number',
				key: targetKey(key, end),
				label:
					end === 'min' ? m.plan_field_min({ field: fieldLabel(key) }) : m.plan_field_max({ field: fieldLabel(key) }),
				min: hard.min,
				max: hard.max,
				decimals,
				...(end === 'min' ? { hint: m.plan_field_target_hint() } : {})
			}))
		)
	];
}
