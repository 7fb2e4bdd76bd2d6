/** Takes a reading out of view, with a way back. The original stays in the log; the way back records it anew. */
import type { Observation, ObservationDraft, RemovedObservation, VoidReason } from '$lib/domain/observation';
import { m } from '$lib/i18n/paraglide/messages';
import type { CircleView } from '$lib/state/circle-view';
import type { Toasts } from '$lib/state/toasts.svelte';

type Deps = {
	readonly circle: Pick<CircleView, 'record' | 'voidObservation'>;
	readonly toasts: Pick<Toasts, 'show'>;
};

export async function removeReading(reading: Observation, reason: VoidReason, deps: Deps): Promise<void> {
	const removed = await deps.circle.voidObservation(reading.id, reason);
	if (removed.ok) deps.toasts.show({ text: m.trends_removed(), undo: () => void giveBack(reading, deps) });
	else deps.toasts.show({ text: m.trends_remove_failed() });
}

/** **Lägg tillbaka**. */
export async function giveBack(reading: Observation, deps: Deps): Promise<void> {
	const { measure, values, effective, source, context, note } = reading;
	const draft: ObservationDraft = { measure, values, effective, source, context, note };
	const recorded = await deps.circle.record(draft);
	if (recorded.ok) deps.toasts.show({ text: m.trends_returned() });
	else deps.toasts.show({ text: m.trends_return_failed(), undo: () => void giveBack(reading, deps) });
}

/** Those taken away that do not stand there again, the last taken first; one taken twice by its last reason. */
export function notGivenBack(
	removed: readonly RemovedObservation[],
	shown: readonly Observation[]
): readonly RemovedObservation[] {
	// Ten years of readings are not gone through for the nothing that most people have taken away.
	if (removed.length === 0) return removed;
	const same = ({ values, effective }: Observation) => `${effective.utc} ${JSON.stringify(values)}`;
	const standing = new Set(shown.map(same));
	const lastFirst = [...removed].reverse().filter((reading) => !standing.has(same(reading)));
	return lastFirst.filter((reading, at) => lastFirst.findIndex((other) => same(other) === same(reading)) === at);
}
