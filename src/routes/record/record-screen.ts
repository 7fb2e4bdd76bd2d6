/** What the screen of **Logga** is given. It knows nothing of storage, sessions or routes. */
import type { CircleView } from '$lib/state/circle-view';
import type { DraftKeeper } from '$lib/state/draft-keeper';
import type { RecordTarget } from './record-target';

/** When the form changes a reading that stands instead of recording a new one. */
export interface ReadingToChange {
	readonly target: RecordTarget;
	/** Which reading, as it stands. */
	readonly lead: string;
}

export interface RecordScreenProps {
	readonly circle: CircleView;
	readonly drafts: DraftKeeper;
	/** Milliseconds since 1970. */
	readonly now: () => number;
	/** The zone the person lives by right now. */
	readonly zone: string;
}
