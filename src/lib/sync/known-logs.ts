/**
 * The identity logs of everyone in the circles, and the circles opened with them: the device's own logs, stored ones, and newer
 * ones from the relay. A log that was verified once is not verified again while the session lives: in a panel of five hundred
 * circles the unit's own is asked for a thousand times a pass. Of circles the last few are kept as they were opened.
 */
import { ok, type Result } from '$lib/domain/result';
import type { Identity } from '$lib/protocol/identity-log';
import type { CircleId, IdentityId } from '$lib/protocol/ids';
import { namedIn, type ManifestError } from '$lib/protocol/manifest';
import type { CircleRows } from '$lib/storage/circle-rows';
import type { CircleKeys, DeviceKeys } from '$lib/storage/keyring';
import type { LocalStore } from '$lib/storage/local-store';
import { identityFrom, openCircle, type CircleAccess, type Me } from './circle-access';
import type { SyncError } from './engine';
import type { RelayClient } from './relay-client';

export type MeWithLog = Me & Pick<DeviceKeys, 'log'>;

/** Circles kept as they were opened: the engine, the screens and the list open the same one within a moment. */
const MOST_OPENED = 32;

interface Opened {
	readonly access: CircleAccess;
	readonly me: Me;
}

/** True when opening the circle anew would come to the same. */
const isOpenedFrom = (
	{ access, me: opener }: Opened,
	keys: CircleKeys,
	identities: ReadonlyMap<IdentityId, Identity>,
	me: Me
): boolean =>
	opener.identity === me.identity &&
	opener.device === me.device &&
	isAlike(access.keys.manifests, keys.manifests) &&
	isAlike(access.keys.keys.map(nameOfKey), keys.keys.map(nameOfKey)) &&
	// Logs that were verified once are the same objects as long as they are the same logs.
	access.identities.size === identities.size &&
	[...identities].every(([id, identity]) => access.identities.get(id) === identity);

const nameOfKey = ({ book, epoch, key }: CircleKeys['keys'][number]): string => `${book} ${epoch} ${key}`;

const isAlike = (left: readonly string[], right: readonly string[]): boolean =>
	left.length === right.length && left.every((each, index) => each === right[index]);

/** A circle's rows and what they came to; null when it is unknown here or cannot be verified. */
export interface ReadCircle extends CircleRows {
	readonly access: CircleAccess | null;
}

export class KnownLogs {
	readonly #deps: { readonly store: LocalStore; readonly relay: RelayClient };
	readonly #opened = new Map<CircleId, Opened>();
	readonly #verified = new Map<IdentityId, { readonly log: readonly string[]; readonly identity: Identity }>();

	constructor(deps: { readonly store: LocalStore; readonly relay: RelayClient }) {
		this.#deps = deps;
	}

	/** A circle as it stands on this device. */
	async read(circle: CircleId): Promise<ReadCircle> {
		const rows = await this.#deps.store.readCircleRows(circle);
		const { keys, device, logs } = rows;
		return { ...rows, access: keys && device ? await this.open(keys, device, logs) : null };
	}

	/**
	 * Opens a circle from its stored row with every log it needs; null when the row cannot be verified. `here`: logs that were
	 * read with it.
	 */
	async open(keys: CircleKeys, me: MeWithLog, here?: CircleRows['logs']): Promise<CircleAccess | null> {
		const identities = await this.named(keys.manifests, me, { here });
		const access = identities.ok && this.openWith(keys, identities.value, me);
		return access && access.ok ? access.value : null;
	}

	/** Opens a circle with these logs; one that was opened from the very same a moment ago is not verified again. */
	openWith(
		keys: CircleKeys,
		identities: ReadonlyMap<IdentityId, Identity>,
		me: Me
	): Result<CircleAccess, ManifestError> {
		const known = this.#opened.get(keys.circle);
		if (known && isOpenedFrom(known, keys, identities, me)) return ok({ ...known.access, keys });
		const access = openCircle(keys, identities, me);
		if (!access.ok) return access;
		this.#opened.delete(keys.circle);
		this.#opened.set(keys.circle, { access: access.value, me });
		const [oldest] = this.#opened.keys();
		if (oldest !== undefined && this.#opened.size > MOST_OPENED) this.#opened.delete(oldest);
		return access;
	}

	/** The logs of everyone the records name: own, stored, or (when `refresh`) asked for and then stored. */
	async named(
		manifests: readonly string[],
		me: MeWithLog,
		{ here, refresh = false }: { readonly here?: CircleRows['logs'] | undefined; readonly refresh?: boolean }
	): Promise<Result<Map<IdentityId, Identity>, SyncError>> {
		const found = new Map<IdentityId, Identity>();
		for (const [id, headN] of namedIn(manifests)) {
			const stored = id === me.identity ? me.log : (here?.get(id) ?? (await this.#stored(id)));
			const known = this.#read(stored, id);
			const isBehind = !known || known.head.n < headN;
			const newer = refresh && isBehind ? await this.#newer(id, stored) : ok(null);
			if (!newer.ok) return newer;
			const identity = newer.value ?? known;
			if (identity) found.set(id, identity);
		}
		return ok(found);
	}

	/** Asks for what others' logs have become: a frame came from a device none of them names. */
	async learn(ids: Iterable<IdentityId>, me: Me): Promise<Result<void, SyncError>> {
		for (const id of ids) {
			const newer = id === me.identity ? ok(null) : await this.#newer(id, await this.#stored(id));
			if (!newer.ok) return newer;
		}
		return ok(undefined);
	}

	/** The relay's log of an identity when it goes on from the one seen; anything else is never an update (I1). */
	async #newer(id: IdentityId, seen: readonly string[]): Promise<Result<Identity | null, SyncError>> {
		const fetched = await this.#deps.relay.identityLog(id);
		// Of somebody who has erased everything, and was in the circle once, there is no log any more.
		const isGone = !fetched.ok && fetched.error.type === 'refused' && fetched.error.code === 'not-found';
		if (!fetched.ok) return isGone ? ok(null) : fetched;
		const identity = this.#read(fetched.value, id);
		if (!identity || seen.some((record, n) => fetched.value[n] !== record)) return ok(null);
		const saved = await this.#deps.store.saveIdentity({ v: 1, identity: id, log: fetched.value });
		return saved.ok ? ok(identity) : saved;
	}

	async #stored(id: IdentityId): Promise<readonly string[]> {
		return (await this.#deps.store.readIdentity(id))?.log ?? [];
	}

	/** The identity a log describes, if it is the one asked for and verifies. */
	#read(log: readonly string[], id: IdentityId): Identity | null {
		const known = this.#verified.get(id);
		if (known && isAlike(known.log, log)) return known.identity;
		const identity = identityFrom(log, id);
		if (identity) this.#verified.set(id, { log, identity });
		return identity;
	}
}
