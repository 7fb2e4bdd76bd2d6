/**
 * A relative's look leaves a mark in the circle's log, as the care contact's does: whoever is let in knows that the person can
 * see it (docs/protocol.md 8). Once a day for what they were shown, so that the log stays readable.
 */
import { effectiveAt, localDate } from '$lib/domain/time';
import type { CircleState } from '$lib/state/circle-state.svelte';

const marking = new Set<CircleState>();

/** Marks that this device's person has been shown the circle's values, unless they have a mark of today for the same. */
export async function markLook(circle: CircleState, now: number): Promise<void> {
	const { me } = circle;
	const isTold = me?.role === 'relative' || me?.role === 'viewer' || me?.role === 'coOwner';
	if (!me || !isTold || circle.mine || circle.standing !== 'joined' || circle.erasedAt !== null) return;
	const shown = circle.measures.filter((kind) => circle.observationsHere(kind).length > 0);
	const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
	const day = (at: number) => localDate(effectiveAt(at, timeZone));
	const isMarked = circle.receipts.some(
		({ by, outcome, at, until }) =>
			by === me.identity && outcome === 'seen' && day(at) === day(now) && shown.every((kind) => kind in until)
	);
	// Two screens that open at once are one look.
	if (shown.length === 0 || isMarked || marking.has(circle)) return;
	marking.add(circle);
	await circle.mark('seen', null);
	marking.delete(circle);
}
