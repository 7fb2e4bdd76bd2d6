/** The page that the runner drives: names what can be checked, and runs one check by name. */

import { checks } from './storage-checks';

declare global {
	interface Window {
		hemlinjeChecks: {
			readonly names: readonly string[];
			/** Null when the check holds, else what went wrong. */
			run(name: string): Promise<string | null>;
		};
	}
}

window.hemlinjeChecks = {
	names: checks.map((check) => check.name),
	async run(name) {
		const check = checks.find((candidate) => candidate.name === name);
		if (!check) return 'there is no such check';
		try {
			await check.run();
			return null;
		} catch (cause) {
			return cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
		}
	}
};
