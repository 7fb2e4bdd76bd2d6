/** Where a serious value shows, 112 and 1177 show too (ARCHITECTURE 1.5). */
import { measureKinds } from '$lib/domain/measures';
import { safetyNoticeFor } from '$lib/domain/safety-notice';
import type { CircleView } from '$lib/state/circle-view';

/** True when the newest value of any measure, which is what Idag shows of it, is one the safety notice is for. */
export const showsSeriousValue = (circle: Pick<CircleView, 'observations'>): boolean =>
	measureKinds.some((measure) => {
		const last = circle.observations(measure).at(-1);
		return last !== undefined && safetyNoticeFor(measure, last.values) !== null;
	});
