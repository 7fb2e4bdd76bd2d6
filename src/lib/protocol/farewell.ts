/** How far a member who was let go may read in the chain: to the record that let them go, and no further. */
import type { IdentityId } from './ids';
import { memberOf, type SignedManifest } from './manifest';

/** Of records that follow each other, those after the first that `identity` may read: each follows one they stood in. */
export function readableAfter(identity: IdentityId, records: readonly SignedManifest[]): SignedManifest[] {
	const readable: SignedManifest[] = [];
	for (const [index, record] of records.entries()) {
		const before = records[index - 1];
		if (!before) continue;
		if (!memberOf(before.body, identity)) break;
		readable.push(record);
	}
	return readable;
}
