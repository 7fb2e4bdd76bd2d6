/** The plan of the circle on screen, and the day it is for whoever looks. */
import type { Effective } from '$lib/domain/observation';
import { effectiveAt } from '$lib/domain/time';
import type { App } from '$lib/state/app.svelte';
import { CirclePlan } from '$lib/state/circle-plan.svelte';
import type { CircleState } from '$lib/state/circle-state.svelte';
import { MinuteClock } from '$lib/state/ticking-clock.svelte';

export class OwnPlan {
	readonly #app: App;
	readonly #clock = new MinuteClock(() => Date.now());
	readonly #zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
	/** Made anew when another circle is chosen. */
	readonly plan: CirclePlan<CircleState> = $derived.by(() => new CirclePlan(this.#app.circle));
	readonly now: Effective = $derived.by(() => effectiveAt(this.#clock.now, this.#zone));

	constructor(app: App) {
		this.#app = app;
	}

	/** What this device's own side is called in the circle. */
	get ownName(): string | null {
		const { circle } = this.#app;
		return circle.mine ? circle.ownName : null;
	}
}
