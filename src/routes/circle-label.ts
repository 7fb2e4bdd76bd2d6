/** What a circle is called in the top row and in lists. */
import { m } from '$lib/i18n/paraglide/messages';
import type { CircleView } from '$lib/state/circle-view';

export const circleLabel = (circle: CircleView): string =>
	circle.mine ? m.common_whose_mine() : m.common_whose_other({ name: circle.personName ?? m.common_unnamed() });
