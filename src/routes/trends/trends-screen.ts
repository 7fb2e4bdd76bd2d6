/** What the screen of **Trender** is given. It knows nothing of storage, sessions or routes. */
import type { CircleView } from '$lib/state/circle-view';

export interface TrendsScreenProps {
	readonly circle: CircleView;
	/** Milliseconds since 1970. */
	readonly now: () => number;
	/** The zone of whoever looks; decides only which day is today. */
	readonly zone: string;
}
