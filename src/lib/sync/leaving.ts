/** Circles of others that end for this device: the record that let its person go, and the farewell of one who left. */
import { err, ok, type Result } from '$lib/domain/result';
import { erasureBodySchema } from '$lib/protocol/api/circles';
import type { Heads } from '$lib/protocol/api/heads';
import { isErasedBy, parseErasure, signerOf } from '$lib/protocol/erasure';
import { idBytes, type CircleId, type IdentityId } from '$lib/protocol/ids';
import { isInCharge } from '$lib/protocol/holder';
import { accessOf, bookOf, type ManifestError } from '$lib/protocol/manifest';
import type { CircleKeys } from '$lib/storage/keyring';
import type { LocalStore } from '$lib/storage/local-store';
import type { CircleAccess } from './circle-access';
import type { SyncChange, SyncError } from './engine';
import type { RelayClient, RelayError } from './relay-client';

export interface LeavingDeps {
	readonly store: LocalStore;
	readonly relay: RelayClient;
	readonly onChange: (change: SyncChange) => void;
	readonly open: (keys: CircleKeys) => Promise<CircleAccess | null>;
	/** An identity's log as far as this device has seen it. */
	readonly logOf: (identity: IdentityId) => Promise<readonly string[]>;
	/** Verifies a row with newer records, asking for the logs it lacks. */
	readonly verify: (row: CircleKeys) => Promise<Result<CircleAccess, ManifestError | SyncError>>;
	readonly save: (row: CircleKeys) => Promise<Result<CircleKeys, SyncError>>;
	/** What was taken in of the circle is to be asked for anew: it was taken off this device, or is in doubt. */
	readonly forget: (circle: CircleId) => void;
}

/**
 * Circles that the relay no longer shows are asked for the record that let this member go. Without one nothing is known, and
 * everything stays as it is.
 */
export async function readFarewells(deps: LeavingDeps, heads: Heads): Promise<Result<void, SyncError>> {
	const shown = new Set(heads.circles.map((head) => head.circle));
	for (const keys of await deps.store.readCircles()) {
		if (keys.standing === 'mine' || !keys.published || keys.erased || shown.has(keys.circle)) continue;
		if (!(await deps.open(keys))?.member) continue;
		const records = await deps.relay.manifests(keys.circle, keys.manifests.length);
		if (!records.ok && records.error.type !== 'refused') return records;
		if (!records.ok || records.value.length === 0) continue;
		const row = { ...keys, manifests: [...keys.manifests, ...records.value] };
		const access = await deps.verify(row);
		if (!access.ok || access.value.member) return err({ type: 'relay-went-back', circle: keys.circle });
		const saved = await deps.save(row);
		if (!saved.ok) return saved;
		deps.onChange({ circle: keys.circle, keys: true, books: [] });
	}
	return ok(undefined);
}

/**
 * Circles that the relay no longer shows, and that their owner has erased: only the owner's own signed word says so. What is
 * here stays here.
 */
export async function readErasures(
	deps: LeavingDeps,
	missing: readonly CircleKeys[]
): Promise<Result<void, SyncError>> {
	for (const keys of missing) {
		const access = await deps.open(keys);
		// Whoever was let go knows why the circle is not shown.
		if (!access?.member) continue;
		const answer = await deps.relay.ask(`/circles/${keys.circle}/erasure`, erasureBodySchema);
		if (!answer.ok && answer.error.type !== 'refused') return answer;
		if (!answer.ok) continue;
		const at = await erasedAt(deps, access, idBytes(answer.value.erasure));
		if (at === null) continue;
		const noted = await deps.store.updateCircle(keys.circle, (now) => ({ ...(now ?? keys), erased: { at } }));
		if (!noted.ok) return noted;
		deps.onChange({ circle: keys.circle, keys: true, books: [] });
	}
	return ok(undefined);
}

/** When the circle was erased, by the clock of its owner or who held it for them; null for a word that proves nothing. */
async function erasedAt({ logOf }: LeavingDeps, access: CircleAccess, bytes: Uint8Array): Promise<number | null> {
	const word = parseErasure(bytes);
	if (!word || word.body.circle !== access.chain.circle) return null;
	const { identity } = word.body.by;
	if (!isInCharge(access.chain.head.body, identity)) return null;
	const signer = signerOf(word, await logOf(identity));
	return signer && isErasedBy(word, signer) ? word.body.at : null;
}

/**
 * Circles this device's person has left: once the farewell, and all they had written there, has been seen at the relay, it is
 * told, and nothing stays here.
 */
export async function leaveCircles(deps: LeavingDeps): Promise<Result<void, SyncError>> {
	const { store, relay, open, forget } = deps;
	for (const keys of await store.readCircles()) {
		if (keys.standing !== 'declined' || keys.keys.length === 0) continue;
		const access = await open(keys);
		const isMember = access?.member !== undefined;
		if (access && isMember && (await waitsToBeSent(store, access))) continue;
		const waits = access && isMember ? await waitsToBeSeen(deps, access) : ok(false);
		if (!waits.ok) return waits;
		if (waits.value) continue;
		const told = isMember ? await relay.leaveCircle(keys.circle) : ok(undefined);
		if (!told.ok && told.error.type !== 'refused') return told;
		const forgotten = await store.forgetCircle(keys.circle);
		if (!forgotten.ok) return forgotten;
		forget(keys.circle);
	}
	return ok(undefined);
}

/** What lies in a book its member may no longer write in is never sent, and holds nobody back. */
async function waitsToBeSent(store: LocalStore, { chain, member }: CircleAccess): Promise<boolean> {
	const waiting = await store.outbox(chain.circle);
	return waiting.some(({ book }) => accessOf(member, book) === 'w' && bookOf(chain.head.body, book));
}

/**
 * Whether something was acknowledged and has not been shown (MR12): this device may be the only one that has it. The next pass
 * looks, and sends it again where the relay has it not. A relay that lets the person in no more will never show it.
 */
async function waitsToBeSeen({ store, relay, forget }: LeavingDeps, access: CircleAccess) {
	const { circle, head, records } = access.chain;
	const missing = [...(await store.places.missingNewest(circle)).keys()];
	if (!missing.some((book) => accessOf(access.member, book) !== null && bookOf(head.body, book))) return ok(false);
	const asked = await relay.manifests(circle, records.length);
	if (!asked.ok) return isTurningAway(asked.error) ? ok(false) : asked;
	forget(circle);
	relay.forgetHeads();
	return ok(true);
}

const isTurningAway = (error: RelayError): boolean =>
	error.type === 'refused' && (error.code === 'not-found' || error.code === 'unauthorized');
