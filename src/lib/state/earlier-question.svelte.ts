/**
 * The one question before something is sealed that is older than what somebody in the circle was given (docs/protocol.md
 * S3): they would read it all the same. Asked wherever it is saved from; what is answered with no is not saved.
 */
import type { LocalDate } from '$lib/domain/time';
import type { FromReader } from './shared-from';

export interface Earlier {
	readonly readers: readonly FromReader[];
	/** The day it is about; of several the first. */
	readonly day: LocalDate;
	readonly count: number;
}

/** A yes goes for what is saved right after it, to the same readers: an import is one question. */
const YES_LASTS_MS = 60_000;

export class EarlierQuestion {
	#asked: (Earlier & { readonly answer: (isYes: boolean) => void }) | null = $state.raw(null);
	#last: { readonly readers: string; readonly at: number } | null = null;
	#turn: Promise<unknown> = Promise.resolve();

	/** What is being asked now. */
	get asked(): Earlier | null {
		return this.#asked;
	}

	/** Resolves with the person's answer. One question at a time. */
	ask(earlier: Earlier, now: () => number): Promise<boolean> {
		const answer = this.#turn.then(() => this.#ask(earlier, now));
		this.#turn = answer;
		return answer;
	}

	answer(isYes: boolean): void {
		this.#asked?.answer(isYes);
	}

	async #ask(earlier: Earlier, now: () => number): Promise<boolean> {
		const readers = JSON.stringify(earlier.readers.map(({ identity, day }) => [identity, day]));
		if (this.#last?.readers === readers && now() - this.#last.at < YES_LASTS_MS) return true;
		const isYes = await new Promise<boolean>((answer) => (this.#asked = { ...earlier, answer }));
		this.#asked = null;
		this.#last = isYes ? { readers, at: now() } : null;
		return isYes;
	}
}

/** The one question of this page. */
export const earlierQuestion = new EarlierQuestion();
