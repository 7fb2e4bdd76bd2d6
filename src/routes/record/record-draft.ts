/** A form left before it was saved, as it is kept. Anything that does not parse is no draft. */
import * as z from 'zod/mini';

const chosenTimeSchema = z.object({
	/** As in a date field: `2026-11-16`, or empty. */
	date: z.string(),
	/** As in a time field: `07:32`, or empty. */
	clock: z.string(),
	occurrence: z.enum(['earlier', 'later'])
});
/** The time a person chose instead of now, as typed. */
export type ChosenTime = z.infer<typeof chosenTimeSchema>;

export const recordDraftSchema = z.object({
	v: z.literal(1),
	typed: z.record(z.string(), z.string()),
	/** When something was last typed, in milliseconds; null when nothing was. */
	typedAt: z.nullable(z.number()),
	time: z.nullable(chosenTimeSchema),
	note: z.string(),
	context: z.record(z.string(), z.string())
});
export type RecordDraft = z.infer<typeof recordDraftSchema>;

/** Where the units of a person's meters are kept: sealed like a draft, since they tell what somebody measures. */
export const METER_UNITS = 'meter-units';

export const meterUnitsSchema = z.object({ v: z.literal(1), units: z.record(z.string(), z.string()) });
export type MeterUnits = z.infer<typeof meterUnitsSchema>;
