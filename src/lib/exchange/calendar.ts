/** An agreed time (överenskommen tid) as an iCalendar file (RFC 5545), for the calendar a person already has. */
import ical, { ICalCalendarMethod } from 'ical-generator';
import type { Plan } from '$lib/domain/plan/plan';
import { MINUTE_MS } from '$lib/domain/time';

/** A time without a length is shown as an hour. */
const USUAL_MINUTES = 60;

/**
 * One event, at its instant in UTC, so that it stands right wherever the calendar is. Its id is that of the plan's line:
 * a changed time takes the place of the one that was added before. `now` is UTC milliseconds.
 */
export function calendarFile(time: Plan['appointments'][number], now: number): string {
	const { id, title, at, minutes = USUAL_MINUTES, place, video } = time;
	const calendar = ical({ prodId: '//Hemlinje//Hemlinje//SV', method: ICalCalendarMethod.PUBLISH });
	const event = calendar.createEvent({
		id: `${id}@hemlinje`,
		start: new Date(at.utc),
		end: new Date(at.utc + minutes * MINUTE_MS),
		stamp: new Date(now),
		summary: title
	});
	if (place !== undefined) event.location(place);
	if (video !== undefined) event.url(video);
	return calendar.toString();
}
