/** A circle's row as it was fetched, written beside what another tab may have fetched meanwhile. */
import { ok, type Result } from '$lib/domain/result';
import type { StorageError } from '$lib/storage/errors';
import type { CircleKeys } from '$lib/storage/keyring';
import type { LocalStore } from '$lib/storage/local-store';

/** Another tab may have been faster: the longer chain and every key stay. The row as it stands then. */
export async function saveCircle(store: LocalStore, row: CircleKeys): Promise<Result<CircleKeys, StorageError>> {
	let saved = row;
	const written = await store.updateCircle(row.circle, (now) => {
		if (now) saved = united(row, now);
		return saved;
	});
	return written.ok ? ok(saved) : written;
}

function united(row: CircleKeys, now: CircleKeys): CircleKeys {
	const lacking = now.keys.filter((old) => !row.keys.some((key) => key.book === old.book && key.epoch === old.epoch));
	const manifests = now.manifests.length > row.manifests.length ? now.manifests : row.manifests;
	const isSettled = now.standing !== 'invited' && !(now.standing === 'joined' && row.standing === 'mine');
	const standing = isSettled ? now.standing : row.standing;
	const grants = [...(row.grants ?? []), ...(now.grants ?? [])].filter(
		({ key }, at, all) => all.findIndex((each) => each.key === key) === at
	);
	const keys = [...row.keys, ...lacking];
	const erased = now.erased && { erased: now.erased };
	return { ...row, standing, manifests, keys, ...(grants.length > 0 && { grants }), ...erased };
}
