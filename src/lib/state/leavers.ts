/** Members who have said in the circle's log that they leave, and whom nobody has let go yet. */
import type { IdentityId } from '$lib/protocol/ids';
import { memberOf } from '$lib/protocol/manifest';
import { isOwning, type CircleAccess } from '$lib/sync/circle-access';
import type { SeenReceipt } from './circle-books.svelte';
import type { Session } from './session';

/** Whoever said that they leave is let go by this device, when it may: their keys are renewed without anybody asking. */
export async function oweFarewells(
	session: Session,
	access: CircleAccess,
	receipts: readonly SeenReceipt[]
): Promise<void> {
	const left = isOwning(access.member) ? leavers(access, receipts) : [];
	if (left.length === 0) return;
	await session.store.work.update(access.chain.circle, (now) => {
		const owed = new Set(now.owed.flatMap((each) => (each.do === 'remove' ? [each.member] : [])));
		const fresh = left.filter((member) => !owed.has(member));
		return { ...now, owed: [...now.owed, ...fresh.map((member) => ({ do: 'remove' as const, member }))] };
	});
	session.poke();
}

/** A unit's no to an invitation is the person's to decide about; a relative's is a farewell. */
function leavers({ chain }: CircleAccess, receipts: readonly SeenReceipt[]): IdentityId[] {
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
