/** How a day of a series stands, as one stop on the line. */
import type { SeriesDay } from '$lib/domain/home-bp-progress';

export type DayState = 'complete' | 'half' | 'missed' | 'upcoming';

/** `half`: some readings, or one session of two. A day without any is missed once all its sessions have passed. */
export function dayState({ sessions }: SeriesDay): DayState {
	if (sessions.every(({ done, wanted }) => done >= wanted)) return 'complete';
	if (sessions.some(({ done }) => done > 0)) return 'half';
	return sessions.every(({ state }) => state === 'missed' || state === 'dropped') ? 'missed' : 'upcoming';
}
