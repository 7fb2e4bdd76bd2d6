/**
 * How a series of home blood pressures (mätserie, hemblodtryck) is measured and counted, as data: sources differ, so the
 * protocol is a setting and never a constant (STANDARDS A1). It is stored whole with the series it rules, so that a later
 * change of a preset never recounts an old series.
 */
import * as z from 'zod/mini';
import { err, ok, type Result } from './result';

/** Before this minute of the wall clock it is night: such a reading fills no session (see `home-bp-progress.ts`). */
export const NIGHT_ENDS_MINUTES = 240;
const NOON_MINUTES = 720;
const DAY_MINUTES = 1440;

const between = (min: number, max: number) => z.int().check(z.minimum(min), z.maximum(max));

/** One of the day's sessions, asked for from `fromMinutes` to before `untilMinutes` of the wall clock the person lives by. */
const sessionSchema = z
	.object({
		part: z.enum(['morning', 'evening']),
		fromMinutes: between(NIGHT_ENDS_MINUTES, DAY_MINUTES),
		untilMinutes: between(NIGHT_ENDS_MINUTES, DAY_MINUTES)
	})
	.check(z.refine(isWithinItsPart, { path: ['fromMinutes'] }));
export type ProtocolSession = z.infer<typeof sessionSchema>;

/** A window never reaches over noon, so that it and `partOfDay` agree on which session a reading belongs to. */
function isWithinItsPart({ part, fromMinutes, untilMinutes }: z.infer<typeof sessionSchema>): boolean {
	const [first, last] = part === 'morning' ? [NIGHT_ENDS_MINUTES, NOON_MINUTES] : [NOON_MINUTES, DAY_MINUTES];
	return first <= fromMinutes && fromMinutes < untilMinutes && untilMinutes <= last;
}

export const homeBpProtocolIds = [
	'esh-7d',
	'no-discard',
	'se-vardcentral-3x',
	'se-janusinfo-2020',
	'se-5x3',
	'jabfm',
	'own'
] as const;
export type HomeBpProtocolId = (typeof homeBpProtocolIds)[number];

const valuesSchema = z.object({
	/** Days of the series, the dropped ones among them. Under 3 is no series, over 14 is measuring too much. */
	days: between(3, 14),
	sessions: z.array(sessionSchema).check(z.minLength(1), z.maxLength(2), z.refine(areMorningThenEvening)),
	readingsPerSession: between(1, 5),
	/** Of the days with readings, the first so many are left out of the mean. */
	dropFirstDays: between(0, 3),
	/** Of each session's readings, the first so many are left out of the mean. */
	dropFirstOfSession: between(0, 2),
	/** What must be left after dropping for the mean to count as valid. */
	minimum: z.object({ readings: between(2, 140), days: between(1, 14) }),
	/** Rest before the first reading of a session. */
	restSeconds: between(60, 900),
	/** From one reading to the next. */
	pauseSeconds: between(30, 300)
});

/** A protocol as stored. The last check: a series measured to the full is valid. */
export const homeBpProtocolSchema = z
	.extend(valuesSchema, {
		id: z.enum(homeBpProtocolIds),
		/** Of our reading of the source: raised when a preset's values change. */
		version: between(1, 1000),
		/** Key of the source's words in the catalogue. */
		sourceKey: z.string().check(z.regex(/^[a-z0-9_]{1,60}$/))
	})
	.check(z.refine(isMinimumReachable, { path: ['minimum'], when: ({ issues }) => issues.length === 0 }));
export type HomeBpProtocol = z.infer<typeof homeBpProtocolSchema>;

function areMorningThenEvening(sessions: readonly ProtocolSession[]): boolean {
	const [first, second] = sessions;
	return second === undefined || (first?.part === 'morning' && second.part === 'evening');
}

function isMinimumReachable(protocol: OwnProtocolValues): boolean {
	const keptDays = protocol.days - protocol.dropFirstDays;
	const keptOfSession = protocol.readingsPerSession - protocol.dropFirstOfSession;
	const keptReadings = keptDays * protocol.sessions.length * keptOfSession;
	return protocol.minimum.days <= keptDays && protocol.minimum.readings <= keptReadings;
}

/** What a person and their care contact may choose freely. */
export type OwnProtocolValues = z.infer<typeof valuesSchema>;

/** Names the values outside their bounds; `minimum` also when the series could never reach it. */
export interface OwnProtocolError {
	readonly type: 'outside-bounds';
	readonly fields: readonly string[];
}

/** A protocol of one's own. What makes it valid is the choice of whoever wrote it: no source stands behind it. */
export function createOwnProtocol(values: OwnProtocolValues): Result<HomeBpProtocol, OwnProtocolError> {
	const parsed = homeBpProtocolSchema.safeParse({ ...values, id: 'own', version: 1, sourceKey: 'home_bp_source_own' });
	if (parsed.success) return ok(parsed.data);
	const fields = parsed.error.issues.map(({ path }) => String(path[0]));
	return err({ type: 'outside-bounds', fields: [...new Set(fields)] });
}
