/** One thing that must hold in the browser. It throws when it does not. */
export interface Check {
	/** A sentence about the rule; never a value. */
	readonly name: string;
	/** About a transaction that is whole or not there: checked on a slow device too. */
	readonly isAtomic?: true;
	readonly run: () => Promise<void>;
}

export function expectEqual(actual: unknown, expected: unknown, sentence: string): void {
	if (JSON.stringify(actual) !== JSON.stringify(expected)) throw new Error(sentence);
}
