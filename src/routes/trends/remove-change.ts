/** Takes a change out of view, with a way back. The original stays in the log; the way back notes it anew. */
import type { Change } from '$lib/domain/change';
import { m } from '$lib/i18n/paraglide/messages';
import type { CircleView } from '$lib/state/circle-view';
import type { Toasts } from '$lib/state/toasts.svelte';

interface Deps {
	readonly circle: Pick<CircleView, 'noteChange' | 'voidChange'>;
	readonly toasts: Pick<Toasts, 'show'>;
}

export async function removeChange(change: Change, deps: Deps): Promise<void> {
	const removed = await deps.circle.voidChange(change.id, 'mistake');
	if (removed.ok) deps.toasts.show({ text: m.trends_change_removed(), undo: () => void giveBack(change, deps) });
	else deps.toasts.show({ text: m.trends_change_remove_failed() });
}

async function giveBack({ type, day, name, from, to }: Change, deps: Deps): Promise<void> {
	const noted = await deps.circle.noteChange({ type, day, name, from, to });
	if (noted.ok) deps.toasts.show({ text: m.trends_change_returned() });
	else
		deps.toasts.show({
			text: m.trends_change_return_failed(),
			undo: () => void giveBack({ id: '', type, day, name, from, to }, deps)
		});
}
