/** A day as it stands in a sentence. */
import { dateWallMs, localDate, effectiveAt, type LocalDate } from '$lib/domain/time';
import { deviceMoment, formatDay } from '$lib/i18n/format';

/** The person's own day, by this device's clock and zone. */
export const deviceToday = (): LocalDate =>
	localDate(effectiveAt(Date.now(), Intl.DateTimeFormat().resolvedOptions().timeZone));

/** `1 maj`, with the year when it is another one. */
export const dayWords = (day: LocalDate, now = Date.now()): string =>
	formatDay({ utc: dateWallMs(day), offset: 0 }, deviceMoment(now));
