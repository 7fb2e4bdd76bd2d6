/** One sitting of a series as it is kept on the device, so that a closed app or a phone call does not lose the rest. */
import * as z from 'zod/mini';

export const SITTING = 'series-sitting';
export const SIGNALS = 'series-signals';

export const sittingSchema = z.object({
	v: z.literal(1),
	/** Id of the series. */
	series: z.string(),
	/** `rest` before the first reading, `pause` before the next; then the reading itself. */
	phase: z.enum(['rest', 'pause']),
	/** UTC milliseconds when the rest or pause is over. */
	until: z.number()
});
export type Sitting = z.infer<typeof sittingSchema>;

/** What tells that the time is up; both off until somebody turns them on. */
export const signalsSchema = z.object({ v: z.literal(1), sound: z.boolean(), vibration: z.boolean() });
export type Signals = z.infer<typeof signalsSchema>;
