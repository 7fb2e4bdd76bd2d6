/** Choosing whom to try the demo as. Built once a device, kept for the tab's visit, made anew when the relay has forgotten it. */
import { spaceOfRole, type DemoRole } from '$lib/state/demo/people';
import { isStale } from '$lib/state/demo/readings';
import type { DemoDeps, DemoError, DemoProgress } from '$lib/state/demo/world';
import { keepChosenCircle, keepSpace } from '$lib/state/space';

const MADE_AT_KEY = 'hemlinje:demo:made-at';
const MARTAS_CIRCLE_KEY = 'hemlinje:demo:martas-circle';

export class DemoFlow {
	progress = $state.raw<DemoProgress | null>(null);
	error = $state.raw<DemoError | null>(null);
	#deps: DemoDeps;
	#letGo: () => void;
	#cancel = new AbortController();

	/** `letGo` closes the demo this tab has open, if any: what is open makes its database anew when it is deleted. */
	constructor(deps: DemoDeps, letGo: () => void) {
		this.#deps = deps;
		this.#letGo = letGo;
	}

	/** Opens the demo as this person; builds it first when there is none or it is too old. */
	async tryAs(role: DemoRole): Promise<void> {
		if (this.progress) return;
		if (!this.#isFresh() && !(await this.#build())) return;
		keepSpace(sessionStorage, spaceOfRole[role]);
		// Sara is tried for what she is to her mother; her own values are one choice away.
		if (role === 'sara') keepChosenCircle(sessionStorage, spaceOfRole.sara, localStorage.getItem(MARTAS_CIRCLE_KEY));
		location.assign(role === 'anna' ? '/panel' : '/');
	}

	/** Throws the invented data away and makes it anew. */
	async makeAnew(): Promise<void> {
		localStorage.removeItem(MADE_AT_KEY);
		if (await this.#build()) location.reload();
	}

	cancel(): void {
		this.#cancel.abort();
	}

	/** Back to the person's own values; the invented ones are removed from this device. */
	async leave(): Promise<void> {
		keepSpace(sessionStorage, 'real');
		localStorage.removeItem(MADE_AT_KEY);
		localStorage.removeItem(MARTAS_CIRCLE_KEY);
		const { eraseDemo } = await import('$lib/state/demo/world');
		this.#letGo();
		await eraseDemo(this.#deps);
		location.assign('/');
	}

	async #build(): Promise<boolean> {
		this.#cancel = new AbortController();
		this.error = null;
		this.progress = { done: 0, total: 1 };
		const { buildDemo } = await import('$lib/state/demo/world');
		this.#letGo();
		const built = await buildDemo(this.#deps, (progress) => (this.progress = progress), this.#cancel.signal);
		this.progress = null;
		if (built.ok) {
			localStorage.setItem(MADE_AT_KEY, String(this.#deps.now()));
			localStorage.setItem(MARTAS_CIRCLE_KEY, built.value.martasCircle ?? '');
		} else this.error = built.error;
		return built.ok;
	}

	#isFresh(): boolean {
		const madeAt = Number(localStorage.getItem(MADE_AT_KEY));
		return madeAt > 0 && !isStale(madeAt, this.#deps.now());
	}
}
