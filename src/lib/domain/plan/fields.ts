/** Small parts that several lines of a plan are made of. */
import * as z from 'zod/mini';
import type { Effective } from '../observation';
import { type LocalDate, parseLocalDate } from '../time';

/** Id of a line or clause, made once and kept through its changes: what joins the same line of two versions. */
export const lineIdSchema = z.string().check(z.regex(/^[A-Za-z0-9_-]{1,22}$/));

/** A real day of the calendar. */
export const localDateSchema = z.custom<LocalDate>(
	(value) => typeof value === 'string' && parseLocalDate(value) !== undefined
);

/** A day and clock that was agreed, with the zone it holds in. */
export const agreedMomentSchema: z.ZodMiniType<Effective> = z.strictObject({
	utc: z.int().check(z.minimum(0), z.maximum(253_402_300_799_000)),
	offset: z.int().check(z.minimum(-18 * 60), z.maximum(18 * 60)),
	zone: z.string().check(z.minLength(1), z.maxLength(64))
});

/** Digits as they are dialled, with the signs people put between them. */
export const phoneSchema = z.string().check(z.regex(/^\+?[0-9][0-9 ()-]{1,24}$/));

/** A link that opens a page, encrypted on its way and without a user name in it. */
export const httpsLinkSchema = z
	.string()
	.check(z.maxLength(500), z.refine(isHttpsLink, 'a link that begins with https'));

function isHttpsLink(text: string): boolean {
	if (!/^https:\/\/[^\s\\]+$/i.test(text) || !URL.canParse(text)) return false;
	const { protocol, username, password, hostname } = new URL(text);
	return protocol === 'https:' && username === '' && password === '' && hostname !== '';
}

/** Whole days. */
export const daysSchema = (most: number) => z.int().check(z.minimum(1), z.maximum(most));

/** A name of a clinical source (`sources.ts`); one of a newer app is kept and shown without words. */
export const sourceSchema = z.string().check(z.regex(/^[a-z][A-Za-z0-9]{0,39}$/));
