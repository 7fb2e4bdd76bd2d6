/** The time as reactive state: whoever reads it is told again at each tick, and nothing ticks while nobody reads. */
import { createSubscriber } from 'svelte/reactivity';

export class TickingClock {
	readonly #read: () => number;
	readonly #subscribe: () => void;

	constructor(read: () => number, tickMs: number) {
		this.#read = read;
		this.#subscribe = createSubscriber((update) => {
			const timer = setInterval(update, tickMs);
			return () => clearInterval(timer);
		});
	}

	/** Milliseconds since 1970, always fresh. */
	get now(): number {
		this.#subscribe();
		return this.#read();
	}
}

/** For what changes by the minute: told twice in each. */
export class MinuteClock extends TickingClock {
	constructor(read: () => number) {
		super(read, 30_000);
	}
}
