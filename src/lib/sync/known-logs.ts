/**
 * The identity logs of everyone in the circles: the device's own, stored ones, and newer ones from the relay. A log that was
 * verified once is not verified again while the engine lives: in a panel of five hundred circles the unit's own is asked for
 * a thousand times a pass.
 */
import { ok, type Result } from '$lib/domain/result';
import type { Identity } from '$lib/protocol/identity-log';
import { idBytes, type IdentityId } from '$lib/protocol/ids';
import { parseManifest } from '$lib/protocol/manifest';
import type { CircleKeys, DeviceKeys } from '$lib/storage/keyring';
import type { LocalStore } from '$lib/storage/local-store';
import { identityFrom, openCircle, type CircleAccess, type Me } from './circle-access';
import type { SyncError } from './engine';
import type { RelayClient } from './relay-client';

export type MeWithLog = Me & Pick<DeviceKeys, 'log'>;

export class KnownLogs {
	readonly #deps: { readonly store: LocalStore; readonly relay: RelayClient };
	readonly #verified = new Map<IdentityId, { readonly log: readonly string[]; readonly identity: Identity }>();

	constructor(deps: { readonly store: LocalStore; readonly relay: RelayClient }) {
		this.#deps = deps;
	}

	/** Opens a circle from its stored row with every log it needs; null when the row cannot be verified. */
	async open(keys: CircleKeys, me: MeWithLog): Promise<CircleAccess | null> {
		const identities = await this.named(keys.manifests, me, false);
		if (!identities.ok) return null;
		const access = openCircle(keys, identities.value, me);
		return access.ok ? access.value : null;
	}

	/** The logs of everyone the records name: own, stored, or (when `refresh`) asked for and then stored. */
	async named(
		manifests: readonly string[],
		me: MeWithLog,
		refresh: boolean
	): Promise<Result<Map<IdentityId, Identity>, SyncError>> {
		const bodies = manifests.flatMap((manifest) => parseManifest(idBytes(manifest))?.body ?? []);
		const wanted = new Map(
			bodies.flatMap((body) => body.members.map((member) => [member.identity, member.idHead.n] as const))
		);
		const found = new Map<IdentityId, Identity>();
		for (const [id, headN] of wanted) {
			const stored = id === me.identity ? me.log : await this.#stored(id);
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
		if (!fetched.ok) return fetched;
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
		if (known && known.log.length === log.length && known.log.every((record, n) => record === log[n]))
			return known.identity;
		const identity = identityFrom(log, id);
		if (identity) this.#verified.set(id, { log, identity });
		return identity;
	}
}
