/** Members who have said in the circle's log that they leave, and whom nobody has let go yet. */
import type { IdentityId } from '$lib/protocol/ids';
import { memberOf } from '$lib/protocol/manifest';
import type { CircleAccess } from '$lib/sync/circle-access';
import type { SeenReceipt } from './circle-books.svelte';

/** A unit's no to an invitation is the person's to decide about; a relative's is a farewell. */
export function leavers({ chain }: CircleAccess, receipts: readonly SeenReceipt[]): IdentityId[] {
	return chain.head.body.members
		.filter(({ role }) => role === 'relative' || role === 'viewer' || role === 'coOwner')
		.map(({ identity }) => identity)
		.filter((identity) => {
			const newest = receipts.find((receipt) => receipt.by === identity);
			// One from before they were let in again is no farewell now.
			const lastOut = chain.records.findLastIndex(({ body }) => !memberOf(body, identity));
			const since = chain.records[lastOut + 1]?.body.at ?? 0;
			return newest?.outcome === 'declined' && newest.at >= since;
		});
}
