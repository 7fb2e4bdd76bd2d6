/** Where a reading was changed in two places: the person says which version holds. The choice is one more amendment. */
import type { Observation, ObservationVersion } from '$lib/domain/observation';
import { m } from '$lib/i18n/paraglide/messages';
import type { CircleView } from '$lib/state/circle-view';
import type { Toasts } from '$lib/state/toasts.svelte';
import { saveErrorSentence } from '$lib/ui/save-error-words';

export async function chooseVersion(
	reading: Observation,
	{ values, effective, source, context, note }: Omit<ObservationVersion, 'id' | 'by'>,
	deps: { readonly circle: Pick<CircleView, 'amend'>; readonly toasts: Pick<Toasts, 'show'> }
): Promise<void> {
	const { measure } = reading;
	const chosen = await deps.circle.amend(reading, { measure, values, effective, source, context, note });
	deps.toasts.show({ text: chosen.ok ? m.trends_version_chosen() : saveErrorSentence(chosen.error) });
}
