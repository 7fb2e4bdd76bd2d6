/** Short messages after an act, with a way to undo it. One at a time: the newest is what the person just did. */

export interface Toast {
	/** What happened and where it is safe. */
	readonly text: string;
	/** Present where the act can be undone. */
	readonly undo?: (() => void) | undefined;
}

/** How long a toast stays when nobody touches or focuses it. */
const stayMs = 8_000;

/** Holds the shown toast. Times out by itself, unless held by focus or pointer. */
export class Toasts {
	#shown: Toast | null = $state.raw(null);
	#timer: ReturnType<typeof setTimeout> | undefined;

	get shown(): Toast | null {
		return this.#shown;
	}

	show(toast: Toast): void {
		this.#shown = toast;
		this.release();
	}

	dismiss(): void {
		clearTimeout(this.#timer);
		this.#shown = null;
	}

	undo(): void {
		const undo = this.#shown?.undo;
		this.dismiss();
		undo?.();
	}

	/** Stays while the person reads or reaches for it. */
	hold(): void {
		clearTimeout(this.#timer);
	}

	/** Starts the time anew. */
	release(): void {
		clearTimeout(this.#timer);
		this.#timer = setTimeout(() => this.dismiss(), stayMs);
	}
}

/** The one set of toasts of this page. */
export const toasts = new Toasts();
