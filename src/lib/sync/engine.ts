/**
 * The sync engine: brings what this device owes to the relay and what others wrote to this device. It decides nothing about
 * what counts (that is `acceptFrames`) and loses nothing: what cannot be sent now stays in the outbox.
 *
 * One pass: own log and identity → circles to publish → heads → manifests and keys → frames → what is owed to circles →
 * outbox. Every step can fail and be taken again; nothing half-done is left that the next pass does not finish.
 *
 * Beyond 400 lines with its comments: the order of a pass is one thing to read. What each step does is in the file it calls.
 */
import type { RandomBytes } from '$lib/crypto/bytes';
import { err, ok, type Result } from '$lib/domain/result';
import { shortHash, type CircleHead } from '$lib/protocol/api/heads';
import { idBytes, type BookId, type CircleId, type Hash } from '$lib/protocol/ids';
import { parseManifest } from '$lib/protocol/manifest';
import { StorageAbort, type StorageError } from '$lib/storage/errors';
import type { CircleRows } from '$lib/storage/circle-rows';
import type { CircleKeys, DeviceKeys } from '$lib/storage/keyring';
import { RecentFrames } from '$lib/storage/recent-frames';
import { countKeys, givesFrom, lacksKeys, type CircleAccess } from './circle-access';
import type * as Leaving from './leaving';
import { MissingCircles } from './missing-circles';
import { concernsAll, flushCircle } from './outbox';
import { KnownLogs, type MeWithLog, type ReadCircle } from './known-logs';
import { PassProgress, type ProgressDeps } from './pass-progress';
import { isAsShown, pullBooks } from './pull-books';
import { publishCircles } from './publish';
import { pullKeys } from './pull-keys';
import type { RelayClient, RelayError } from './relay-client';
import { isTurnedAway, RelayTrust } from './relay-trust';
import { saveCircle } from './save-circle';
import { sideBySide } from './side-by-side';
import { TakenHeads } from './taken-heads';
import { isOwnByWord, uncutDevices } from './whose';
import { writeContext } from './write-context';

export type SyncError =
	| RelayError
	| StorageError
	/** The relay shows less than it has shown before, or something else: it is not trusted with this circle until it agrees. */
	| { readonly type: 'relay-went-back'; readonly circle: CircleId }
	/** Another device signs with this device's key, e.g. a copied browser profile, and this one could not become its own. */
	| { readonly type: 'cloned' }
	/** This device was taken out of its identity: by another device, or by the recovery code. */
	| { readonly type: 'shut-out' };

/** What changed on this device, for whoever shows it. */
export interface SyncChange {
	readonly circle: CircleId;
	/** Keys, members or standing changed: open the circle anew. */
	readonly keys: boolean;
	readonly books: readonly BookId[];
}

export interface SyncDeps extends ProgressDeps {
	readonly relay: RelayClient;
	readonly random: RandomBytes;
	readonly now: () => number;
	/** Logs and circles whoever else opens circles has verified. */
	readonly logs?: KnownLogs | undefined;
	/** A staff device waits until the change is shown. `read`: the circle, where all that was just read of it still stands. */
	readonly onChange: (change: SyncChange, read?: ReadCircle) => void | Promise<void>;
	/** The own log, or which device this is, has changed. */
	readonly onOwnDevices?: (() => void) | undefined;
}

/** How often a circle is opened only to see whether a heartbeat is due. */
const ASK_FOR_HEARTBEAT_MS = 3_600_000;

/** Circles a care unit's device pulls at the same time. */
const SIDE_BY_SIDE = 8;

export class SyncEngine {
	#deps: SyncDeps;
	/** Heads that were taken in whole. */
	readonly #taken: TakenHeads;
	readonly #trust: RelayTrust;
	/** When a circle is next asked whether a heartbeat is due. */
	#beatAfter = new Map<CircleId, number>();
	/** Newest records whose readers have been handed all they were given: looked at once. */
	#granted = new Set<Hash>();
	readonly #missing: MissingCircles;
	#running: Promise<Result<void, SyncError>> | null = null;
	#again = false;
	readonly #progress: PassProgress;
	readonly #logs: KnownLogs;

	constructor(deps: SyncDeps) {
		this.#deps = deps;
		this.#logs = deps.logs ?? new KnownLogs(deps);
		this.#progress = new PassProgress(deps);
		this.#taken = new TakenHeads(deps.store);
		this.#trust = new RelayTrust(deps.store, deps.now);
		this.#missing = new MissingCircles(deps.store, deps.now);
	}

	/** One pass; a call during a pass asks for one more after it. Resolves when everything known now has been tried. */
	sync(): Promise<Result<void, SyncError>> {
		if (this.#running) {
			this.#again = true;
			return this.#running;
		}
		this.#running = this.#loop().finally(() => (this.#running = null));
		return this.#running;
	}

	async #loop(): Promise<Result<void, SyncError>> {
		let result: Result<void, SyncError>;
		do {
			this.#again = false;
			result = await this.#tryPass();
		} while (this.#again && result.ok);
		return result;
	}

	/** A read that finds the storage gone ends the pass by name, so that whoever repeats it keeps on. Bugs are not caught. */
	async #tryPass(): Promise<Result<void, SyncError>> {
		try {
			const passed = await this.#pass();
			return isTurnedAway(passed) && (await this.#announceAgain()) ? await this.#pass() : passed;
		} catch (error) {
			if (!(error instanceof StorageAbort)) throw error;
			// What was shown may not have been taken in: "nothing has moved" would be no answer.
			this.#deps.relay.forgetHeads();
			return err(error.reason);
		}
	}

	async #pass(): Promise<Result<void, SyncError>> {
		const before = await this.#deps.store.readDevice();
		if (!before?.relayOn) return ok(undefined);
		this.#deps.relay.useLogin({ identity: before.identity, device: before.device, signSecret: idBytes(before.sign) });
		const { bringOwnLogUp } = await import('./own-devices');
		const own = await bringOwnLogUp(this.#deps, before);
		if (own.changed) await this.#ownLogChanged();
		if (!own.result.ok) return own.result;
		const device = own.result.value;
		// Each step is tried even when the one before met a refusal: one circle's trouble is not another's.
		const open = (keys: CircleKeys) => this.open(keys, device);
		const published = await publishCircles({ ...this.#deps, open }, device, await this.#personsCircles(device));
		if (!published.ok && concernsAll(published.error)) return published;
		// Before the pull: what the pull brings may begin an epoch, and what waits is sealed again under it.
		await this.#beat(device);
		const pulled = await this.#pullAll(device);
		if (!pulled.ok && concernsAll(pulled.error)) return pulled;
		const granted = pulled.ok ? await this.#sealGrants(device) : ok(undefined);
		if (!granted.ok) return granted;
		const settled = await this.#settleWork(device);
		if (!settled.ok && concernsAll(settled.error)) return settled;
		const pushed = await this.#flushAll(device);
		if (!pushed.ok && pushed.error.type === 'cloned') return this.#becomeAnother(device);
		const left = await this.#ofOthers(device, (leaving, deps) => leaving.leaveCircles(deps));
		await this.#taken.keep(device);
		return [published, pulled, settled, pushed, left].find((result) => !result.ok) ?? ok(undefined);
	}

	async #ownLogChanged(): Promise<void> {
		// Which devices count, and what a circle must be told, hangs on it: everything is looked at again.
		this.#taken.clear();
		this.#deps.relay.forgetHeads();
		for (const { circle } of await this.#deps.store.readCircles())
			void this.#deps.onChange({ circle, keys: true, books: [] });
		this.#deps.onOwnDevices?.();
	}

	/** A copied profile becomes a device of its own, and the next pass sends what it wrote; `cloned` where it cannot. */
	async #becomeAnother(device: DeviceKeys): Promise<Result<void, SyncError>> {
		const { enrolAnew } = await import('./enrol-anew');
		const enrolled = await enrolAnew({ ...this.#deps, open: (keys) => this.open(keys, device) }, device);
		if (!enrolled.ok) return enrolled;
		await this.#ownLogChanged();
		this.#again = true;
		return ok(undefined);
	}

	/** A relay that knows this device no more may have lost the log that names it. True when that was so, and is mended. */
	async #announceAgain(): Promise<boolean> {
		const device = await this.#deps.store.readDevice();
		if (!device) return false;
		const { announceAgain } = await import('./bring-back');
		const announced = await announceAgain(this.#deps, device);
		return announced.ok && announced.value;
	}

	// Circles

	/** Every circle on a person's device. A unit's are others' circles, and hundreds: none of this is about them. */
	async #personsCircles(device: DeviceKeys): Promise<readonly CircleKeys[]> {
		return device.unit ? [] : this.#deps.store.readCircles();
	}

	/** Opens a circle from its stored row with every log it needs; null when the row cannot be verified. */
	open(keys: CircleKeys, me: MeWithLog): Promise<CircleAccess | null> {
		return this.#logs.open(keys, me);
	}

	async #pullAll(device: DeviceKeys): Promise<Result<void, SyncError>> {
		const heads = await this.#deps.relay.heads();
		const shown = heads.ok && heads.value;
		if (!shown) return heads.ok ? ok(undefined) : heads;
		const farewell = await this.#ofOthers(device, (leaving, deps) => leaving.readFarewells(deps, shown));
		const erased = await this.#missing.ask(shown, this.#leavingDeps(device));
		const checked = this.#trust.check(shown, await this.#personsCircles(device), device.identity);
		let problem = [farewell, erased].find((result) => !result.ok) ?? checked;
		await this.#progress.begin(shown, device);
		await this.#taken.recall(device);
		const pulled = await this.#pullCircles(shown.circles, device);
		if (!pulled.ok) problem = pulled;
		const deps = {
			...this.#deps,
			open: (keys: CircleKeys) => this.open(keys, device),
			learn: (access: CircleAccess) => this.#learn(access, device)
		};
		const isCutOff = !problem.ok && concernsAll(problem.error);
		const settled = await this.#trust.settle(deps, device, shown, problem);
		// Looked at again from the start: places may have moved under what was taken in. A pass that was only cut off goes on.
		if (!settled.ok && !isCutOff) this.#taken.clear();
		problem = settled;
		if (problem.ok) this.#progress.finish();
		// An unfinished pull must not be taken for "nothing has moved" next time.
		if (!problem.ok) this.#deps.relay.forgetHeads();
		return problem;
	}

	/** A person's few circles come one after the other; of a unit's hundreds some wait for the network while others are read. */
	async #pullCircles(heads: readonly CircleHead[], device: DeviceKeys): Promise<Result<void, SyncError>> {
		const { store } = this.#deps;
		let problem: Result<void, SyncError> = ok(undefined);
		if (device.unit) store.recent = new RecentFrames();
		await sideBySide(device.unit ? SIDE_BY_SIDE : 1, heads, async (head) => {
			if (!problem.ok && concernsAll(problem.error)) return;
			const pulled = await this.#pullCircle(head, device);
			if (!pulled.ok) problem = pulled;
		}).finally(() => (store.recent = null));
		return problem;
	}

	/** What concerns circles of others on a person's device; fetched only where there are any. */
	async #ofOthers(
		device: DeviceKeys,
		act: (leaving: typeof Leaving, deps: Leaving.LeavingDeps) => Promise<Result<void, SyncError>>
	): Promise<Result<void, SyncError>> {
		const hasOthers = !device.unit && (await this.#deps.store.readCircles()).some((keys) => keys.standing !== 'mine');
		return hasOthers ? act(await import('./leaving'), this.#leavingDeps(device)) : ok(undefined);
	}

	#leavingDeps(device: DeviceKeys): Leaving.LeavingDeps {
		return {
			...this.#deps,
			open: (keys) => this.open(keys, device),
			logOf: async (id) =>
				id === device.identity ? device.log : ((await this.#deps.store.readIdentity(id))?.log ?? []),
			save: (row) => saveCircle(this.#deps.store, row),
			forget: (circle) => this.#taken.forget(circle),
			verify: async (row) => {
				const identities = await this.#logs.named(row.manifests, device, { refresh: true });
				return identities.ok ? this.#logs.openWith(row, identities.value, device) : identities;
			}
		};
	}

	/** Fetched when there is something to do: most devices never change a circle's members. */
	async #settleWork(device: DeviceKeys): Promise<Result<void, SyncError>> {
		const { store } = this.#deps;
		if (!(await store.work.hasAny())) return ok(undefined);
		const { settleWork } = await import('./circle-work');
		const access = async (circle: CircleId) => {
			const keys = await store.readCircle(circle);
			return keys && this.open(keys, device);
		};
		return settleWork({ ...this.#deps, access, askAgain: () => (this.#again = true) }, device);
	}

	/** Fetched when somebody was given a book from a day on. */
	async #sealGrants(device: DeviceKeys): Promise<Result<void, StorageError>> {
		for (const keys of await this.#personsCircles(device)) {
			if (keys.standing !== 'mine') continue;
			const head = parseManifest(idBytes(keys.manifests.at(-1) ?? ''));
			if (!head || !givesFrom(head.body) || this.#granted.has(head.hash)) continue;
			const { sealGrantsIn } = await import('./seal-grants');
			const sealed = await sealGrantsIn(this.#deps, keys, device, (row) => this.open(row, device));
			if (!sealed.ok) return sealed;
			if (sealed.value.isDone) this.#granted.add(head.hash);
			else if (sealed.value.books.length > 0) this.#again = true;
		}
		return ok(undefined);
	}

	async #pullCircle(head: CircleHead, device: DeviceKeys): Promise<Result<void, SyncError>> {
		if (this.#taken.has(head)) return ok(undefined);
		const rows = await this.#deps.store.readCircleRows(head.circle);
		// Left by the person, and the relay not told yet: nothing more is taken in, but to see that all they wrote gets there.
		const isLeft = rows.keys?.standing === 'declined' && !device.unit;
		if (isLeft && !(await this.#owesWords(head.circle))) return ok(undefined);
		const opened = await this.#pullManifest(head, rows, device);
		if (!opened.ok) return opened;
		if (!opened.value) return ok(undefined);
		let access: CircleAccess = opened.value;
		let changed = access.keys !== rows.keys;
		const learn = async (): Promise<Result<CircleAccess, SyncError>> => {
			const learnt = await this.#learn(access, device);
			changed = true;
			access = learnt.ok ? learnt.value : access;
			return learnt;
		};
		const pulling = { ...this.#deps, device: device.device, learn };
		const pulled = await pullBooks(pulling, head, { access, heads: rows.heads }, (count) =>
			this.#progress.pulled(count)
		);
		const { books, result } = pulled;
		if (result.ok && (await this.#standByOthersWords(access, device))) changed = true;
		const isNew = changed || books.length > 0;
		const read = changed ? undefined : { ...rows, heads: pulled.heads, access };
		const shown = isNew && this.#deps.onChange({ circle: head.circle, keys: changed, books }, read);
		// Hundreds of circles do not come faster than they are shown: what was just opened is still at hand there.
		if (device.unit) await shown;
		if (!result.ok) return result;
		const isMissing = await this.#trust.note(head, pulled);
		const stands = await this.#sayOwed(head, access, device);
		if (!stands.ok) return stands;
		// Looked at again, also when the relay says that nothing has moved.
		if (isMissing || !isAsShown(head, pulled.heads, access)) this.#deps.relay.forgetHeads();
		else if (!lacksKeys(access)) this.#taken.note(stands.value, access.identities.keys());
		return ok(undefined);
	}

	/** Whether something written here waits to be sent, or has not been seen at the relay. */
	async #owesWords(circle: CircleId): Promise<boolean> {
		const { store } = this.#deps;
		return (await store.countOutbox(circle)) > 0 || (await store.places.missingNewest(circle)).size > 0;
	}

	/**
	 * Tells a circle what this identity owes it, once everything in it is here: that it was taken over, or which own devices are
	 * out. If it cannot be told now, this is simply done again. The head as it stands after it.
	 */
	async #sayOwed(head: CircleHead, access: CircleAccess, device: DeviceKeys): Promise<Result<CircleHead, SyncError>> {
		const isTakingOver = access.keys.standing === 'mine' && !isOwnByWord(access, device.identity);
		const removed = uncutDevices(access);
		const isCutting = removed.length > 0 && !removed.includes(device.device);
		if (!isTakingOver && !isCutting) return ok(head);
		const sent = isTakingOver
			? await (await import('./take-over')).takeOverAtRelay(this.#deps, access, device)
			: await (await import('./cut-removed')).cutAtRelay(this.#deps, access, device, removed);
		if (!sent) return ok(head);
		this.#deps.relay.forgetHeads();
		if (sent.ok) {
			if (!isTakingOver) this.#progress.renewed();
			else if (isCutting) this.#again = true;
			void this.#deps.onChange({ circle: head.circle, keys: true, books: [] });
			return ok({ ...head, manifest: head.manifest + 1, manifestHash: shortHash(sent.value) });
		}
		// Somebody else's record came first: the next pass knows it.
		if (sent.error.type !== 'refused' || sent.error.code !== 'conflict') return sent;
		this.#again = true;
		return ok(head);
	}

	/** The circle opened again after everybody's log was asked for. */
	async #learn(access: CircleAccess, device: DeviceKeys): Promise<Result<CircleAccess, SyncError>> {
		const learnt = await this.#logs.learn(access.identities.keys(), device);
		return learnt.ok ? ok((await this.open(access.keys, device)) ?? access) : learnt;
	}

	/** On a further device of a person or unit: how they stand in a circle of others, by what their other devices said there. */
	async #standByOthersWords(access: CircleAccess, device: DeviceKeys): Promise<boolean> {
		if (access.keys.standing !== 'invited' || device.log.length < 2) return false;
		const { standByOwnWords } = await import('./own-standing');
		return standByOwnWords(this.#deps.store, access, device);
	}

	/** The circle after fetching the records and keys it lacks; its row is the same object when it lacks nothing. */
	async #pullManifest(
		head: CircleHead,
		{ keys: before, logs }: CircleRows,
		device: DeviceKeys
	): Promise<Result<CircleAccess | null, SyncError>> {
		const known = before?.manifests ?? [];
		if (head.manifest < known.length - 1) return err({ type: 'relay-went-back', circle: head.circle });
		const records = await this.#recordsAfter(head, known.length);
		if (!records.ok) return records;
		const manifests = records.value.length > 0 ? [...known, ...records.value] : known;
		const identities = await this.#logs.named(manifests, device, { here: logs, refresh: true });
		if (!identities.ok) return identities;
		const row: CircleKeys = {
			v: 1,
			circle: head.circle,
			standing: before?.standing ?? 'invited',
			published: true,
			manifests,
			keys: before?.keys ?? [],
			...(before?.grants && { grants: before.grants })
		};
		const access = this.#logs.openWith(row, identities.value, device);
		// A chain that does not verify is never stored: the old one stays in force, and the relay is not trusted with it.
		if (!access.ok || access.value.chain.circle !== head.circle)
			return err({ type: 'relay-went-back', circle: head.circle });
		const isKnown = before !== null && records.value.length === 0;
		if (isKnown && shortHash(access.value.chain.head.hash) !== head.manifestHash)
			return err({ type: 'relay-went-back', circle: head.circle });
		if (isKnown && !lacksKeys(access.value)) return ok({ ...access.value, keys: before });
		const added = await pullKeys(this.#deps.relay, access.value, device);
		if (!added.ok) return added;
		if (isKnown && countKeys(added.value) === countKeys(before)) return ok({ ...access.value, keys: before });
		const standing = await this.#standingIn(access.value, device);
		const saved = await saveCircle(this.#deps.store, { ...row, standing, ...added.value });
		return saved.ok ? ok(await this.open(saved.value, device)) : saved;
	}

	/** A unit waits for its staff; a person's circles stand as they have said themselves, here or in the chain. */
	async #standingIn(access: CircleAccess, device: DeviceKeys): Promise<CircleKeys['standing']> {
		const { standing } = access.keys;
		const isOpen = standing === 'invited' || (standing === 'joined' && access.member?.role === 'owner');
		if (device.unit || !isOpen) return standing;
		const { standingBy } = await import('./own-standing');
		return standingBy(this.#deps.store, access, device.identity);
	}

	/** The records from number `from` on; the relay may hand them out in several answers. */
	async #recordsAfter(head: CircleHead, from: number): Promise<Result<string[], SyncError>> {
		const records: string[] = [];
		while (from + records.length <= head.manifest) {
			const fetched = await this.#deps.relay.manifests(head.circle, from + records.length);
			if (!fetched.ok) return fetched;
			if (fetched.value.length === 0) break;
			records.push(...fetched.value);
		}
		return ok(records);
	}

	// Outbox

	/** A person's device that is in step says so once a day; what cannot be written now is written later. */
	async #beat(device: DeviceKeys): Promise<void> {
		const now = this.#deps.now();
		for (const keys of device.unit ? [] : await this.#deps.store.readCircles()) {
			const isIn = keys.published && !keys.erased && (keys.standing === 'mine' || keys.standing === 'joined');
			if (!isIn || now < (this.#beatAfter.get(keys.circle) ?? 0)) continue;
			this.#beatAfter.set(keys.circle, now + ASK_FOR_HEARTBEAT_MS);
			const access = await this.open(keys, device);
			const { writeHeartbeat } = await import('./heartbeats');
			if (access) await writeHeartbeat(this.#deps, access, writeContext(access, device, this.#deps.relay.skewMs));
		}
	}

	async #flushAll(device: DeviceKeys): Promise<Result<void, SyncError>> {
		let problem: Result<void, SyncError> = ok(undefined);
		for (const circle of await (await this.#deps.store.panel()).waitingCircles()) {
			const keys = await this.#deps.store.readCircle(circle);
			if (!keys?.published || keys.erased) continue;
			const access = await this.open(keys, device);
			if (!access) continue;
			const { sent, result } = await flushCircle(
				this.#deps,
				access,
				writeContext(access, device, this.#deps.relay.skewMs)
			);
			if (sent.length > 0) void this.#deps.onChange({ circle: keys.circle, keys: false, books: sent });
			// The farewell: once it has been seen at the relay, the circle goes.
			if (sent.length > 0 && keys.standing === 'declined') this.#again = true;
			if (sent.length > 0 || !result.ok) {
				// The next pass looks what is really there, also when the relay says that nothing has moved.
				this.#taken.forget(keys.circle);
				this.#deps.relay.forgetHeads();
			}
			if (!result.ok) problem = result;
			if (!result.ok && concernsAll(result.error)) break;
		}
		return problem;
	}
}
