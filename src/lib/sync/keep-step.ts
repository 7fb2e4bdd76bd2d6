/** A circle's record made here, kept with its keys as soon as the relay has it: nobody must ask for what they made. */
import type { Result } from '$lib/domain/result';
import type { StorageError } from '$lib/storage/errors';
import type { LocalStore } from '$lib/storage/local-store';
import type { CircleAccess } from './circle-access';
import type { ManifestStep } from './membership';

export function keepStep(
	store: LocalStore,
	access: CircleAccess,
	step: ManifestStep
): Promise<Result<void, StorageError>> {
	const { length } = access.keys.manifests;
	return store.updateCircle(access.chain.circle, (now) => {
		const row = now ?? access.keys;
		// Another tab may have pulled it already.
		const manifests = row.manifests.length === length ? [...row.manifests, step.manifest] : row.manifests;
		const fresh = step.keys.filter((key) => !row.keys.some((old) => old.book === key.book && old.epoch === key.epoch));
		const grants = step.grants.length > 0 ? { grants: [...(row.grants ?? []), ...step.grants] } : {};
		return { ...row, ...grants, manifests, keys: [...row.keys, ...fresh] };
	});
}
