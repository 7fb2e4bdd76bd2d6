/** The time as reactive state: whoever reads it is told again every half minute, and nothing ticks while nobody reads. */
import { createSubscriber } from 'svelte/reactivity';

const TICK_MS = 30_000;

export class MinuteClock {
	readonly #read: () => number;
	readonly #subscribe = createSubscriber((update) => {
		const timer = setInterval(update, TICK_MS);
		return () => clearInterval(timer);
	});

	constructor(read: () => number) {
		this.#read = read;
	}

	/** Milliseconds since 1970, always fresh. */
	get now(): number {
		this.#subscribe();
		return this.#read();
	}
}
