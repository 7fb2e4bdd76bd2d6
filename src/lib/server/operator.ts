/** What only the relay's operator does, beside the running relay or without it: `scripts/unit.js`, `scripts/restored.js`. */
import { toBase64url } from '$lib/crypto/bytes';
import { systemRandom } from '$lib/crypto/random';
import { sha256 } from '$lib/crypto/hash';
import { hashText } from '$lib/protocol/ids';
import { silentLog } from './log';
import { openStore } from './open';
import type { StoreSettings } from './settings';

/** What a unit says of itself. It stands in the link's fragment only, which no browser sends to a server. */
export interface UnitNames {
	readonly unit: string;
	readonly contact?: string | undefined;
	readonly phone?: string | undefined;
	readonly hours?: string | undefined;
}

/** A link that makes one unit, once, until `exp`. The database learns the token's hash and its time, nothing else. */
export async function createEnrolmentLink(
	store: StoreSettings,
	origin: string,
	names: UnitNames,
	exp: number
): Promise<string> {
	const token = systemRandom(32);
	await withStore(store, (opened) => opened.saveEnrolment({ hash: hashText(sha256(token)), exp }));
	const fields = Object.entries({ t: toBase64url(token), ...names }).flatMap(([key, value]) =>
		value === undefined ? [] : [`${key}=${encodeURIComponent(value)}`]
	);
	return `${origin}/panel/enrol#${fields.join('&')}`;
}

/** After a restore from backup: a new incarnation, and what had been erased is erased again (docs/protocol.md R9). */
export const markRestored = (store: StoreSettings): Promise<void> =>
	withStore(store, (opened) => opened.markRestored(toBase64url(systemRandom(16))));

async function withStore<T>(
	settings: StoreSettings,
	work: (store: Awaited<ReturnType<typeof openStore>>) => Promise<T>
): Promise<T> {
	const store = await openStore(settings, silentLog);
	try {
		return await work(store);
	} finally {
		await store.close();
	}
}
