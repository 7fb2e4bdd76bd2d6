/**
 * Keeps what stands in a form that was left before it was saved. Sealed like everything else on the device.
 *
 * A draft is a kindness and never stands in the way: no method rejects. What cannot be kept is not kept, and what cannot
 * be opened is no draft.
 */
export interface DraftKeeper {
	/** What was kept for a form, still to be parsed; undefined when there is nothing. */
	load(form: string): Promise<unknown>;
	/** Keeps `value`, plain JSON, in place of what was kept before. Of several calls the last one made stays. */
	save(form: string, value: unknown): Promise<void>;
	clear(form: string): Promise<void>;
}
