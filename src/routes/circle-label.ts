/** What a circle is called in the top row and in lists. */
import { m } from '$lib/i18n/paraglide/messages';
import { possessive } from '$lib/i18n/possessive';
import type { CircleView } from '$lib/state/circle-view';

export const circleLabel = (circle: CircleView): string =>
	circle.mine
		? m.common_whose_mine()
		: m.common_whose_other({ whose: possessive(circle.personName ?? m.common_unnamed()) });
