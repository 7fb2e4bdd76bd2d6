/** In what capacity somebody spoke, by the manifest they knew. */
import type { Hash, IdentityId } from './ids';
import { type ManifestChain, type Member, memberOf } from './manifest';

/** What a member was by a manifest; undefined where it is not here or has no such member. */
export type MemberAt = (manifest: Hash, author: IdentityId) => Pick<Member, 'role' | 'actsFor'> | undefined;

export function memberAtIn(chain: ManifestChain): MemberAt {
	const bodyOf = new Map(chain.records.map(({ hash, body }) => [hash, body]));
	return (manifest, author) => {
		const body = bodyOf.get(manifest);
		return body && memberOf(body, author);
	};
}
