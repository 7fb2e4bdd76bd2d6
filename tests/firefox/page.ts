/** The page that the runners drive: names what can be checked, and runs one check by name. */

import { checks } from './storage-checks';
import { slowDown } from './slow-down';

declare global {
	interface Window {
		hemlinjeChecks: {
			readonly names: readonly string[];
			/** Of these, those that are about all or nothing: they must hold on a slow device too. */
			readonly atomic: readonly string[];
			/** Null when the check holds, else what went wrong. With `slowly` each sealing and each answer of the database takes 5 ms more. */
			run(name: string, slowly?: boolean): Promise<string | null>;
		};
	}
}

window.hemlinjeChecks = {
	names: checks.map((check) => check.name),
	atomic: checks.filter((check) => check.isAtomic).map((check) => check.name),
	async run(name, slowly = false) {
		const check = checks.find((candidate) => candidate.name === name);
		if (!check) return 'there is no such check';
		const mend = slowly ? slowDown() : () => undefined;
		try {
			await check.run();
			return null;
		} catch (cause) {
			return cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
		} finally {
			mend();
		}
	}
};
