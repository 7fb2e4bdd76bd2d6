/** Guards for what can only be wrong by a programming error. Messages never carry recorded values or keys. */

/** Throws when `condition` is false. */
export function assert(condition: unknown, sentence: string): asserts condition {
	if (!condition) throw new Error(sentence);
}

/** The value, or a throw when it is missing. */
export function must<T>(value: T | null | undefined, sentence: string): T {
	assert(value !== null && value !== undefined, sentence);
	return value;
}

/** The end of an exhaustive switch: compiles only when every case is handled. */
export function unreachable(value: never): never {
	throw new Error(`Unhandled case of type ${typeof value}`);
}
