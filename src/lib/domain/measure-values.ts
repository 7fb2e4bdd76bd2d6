/**
 * The values of an observation as a schema: what may be recorded, imported or received for a measure. Built from the
 * measure's definition, so that a form, an import and a stored entry refuse the same things.
 */
import * as z from 'zod/mini';
import type { FieldDefinition, MeasureDefinition } from './measure-definition';

/** Values by field key, in the units of the measure's definition. */
export type MeasureValues = Readonly<Record<string, number>>;

/** Hard limits, the fields that must be there, and a systolic pressure above the diastolic. Unknown fields are dropped. */
export const valuesSchema = (measure: MeasureDefinition): z.ZodMiniType<MeasureValues> =>
	z
		.object(Object.fromEntries(measure.fields.map((field) => [field.key, fieldSchema(field)])))
		.check(z.refine(isPressurePossible, { path: ['systolic'], when: ({ issues }) => issues.length === 0 }));

const fieldSchema = (field: FieldDefinition) => {
	const { min, max } = field.hard;
	const step = 10 ** -field.decimals;
	const number = z.number().check(z.minimum(min), z.maximum(max), z.multipleOf(step));
	return field.required ? number : z.exactOptional(number);
};

/** A systolic pressure is above the diastolic; true for measures that have neither. */
function isPressurePossible(values: MeasureValues): boolean {
	const { systolic, diastolic } = values;
	return systolic === undefined || diastolic === undefined || systolic > diastolic;
}
