/** What running one published case through the domain came to. `npm run vectors` counts these and shows the failed ones. */
export interface CaseResult {
	readonly id: string;
	/** What the case says, or of a failed one the part of it that was not met. */
	readonly expected: unknown;
	/** What the domain answered, or of a failed one the same part of it. */
	readonly got: unknown;
	readonly ok: boolean;
}
