/** Hands an agreed time to the device's calendar, as a file it opens. */
import type { Plan } from '$lib/domain/plan/plan';

export async function saveCalendar(time: Plan['appointments'][number]): Promise<void> {
	const { calendarFile } = await import('$lib/exchange/calendar');
	const file = new Blob([calendarFile(time, Date.now())], { type: 'text/calendar' });
	const link = document.createElement('a');
	link.href = URL.createObjectURL(file);
	link.download = 'hemlinje.ics';
	link.click();
	URL.revokeObjectURL(link.href);
}
