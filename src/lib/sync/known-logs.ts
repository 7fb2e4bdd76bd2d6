/**
 * Identity logs that were verified once, for as long as the engine lives: in a panel of five hundred circles the unit's own log
 * is asked for a thousand times a pass.
 */
import type { Identity } from '$lib/protocol/identity-log';
import type { IdentityId } from '$lib/protocol/ids';
import { identityFrom } from './circle-access';

export class KnownLogs {
	readonly #known = new Map<IdentityId, { readonly log: readonly string[]; readonly identity: Identity }>();

	/** The identity a log describes, if it is the one asked for and verifies. */
	read(log: readonly string[], id: IdentityId): Identity | null {
		const known = this.#known.get(id);
		if (known && known.log.length === log.length && known.log.every((record, n) => record === log[n]))
			return known.identity;
		const identity = identityFrom(log, id);
		if (identity) this.#known.set(id, { log, identity });
		return identity;
	}
}
