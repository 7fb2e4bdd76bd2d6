/** Devices with their real store, relay client and sync engine, over any relay that answers requests; nothing sleeps. */
import type { RandomBytes } from '$lib/crypto/bytes';
import { systemRandom } from '$lib/crypto/random';
import { createRecoveryCode, type RecoveryCode } from '$lib/crypto/recovery-code';
import { must } from '$lib/domain/assert';
import type { BookKind } from '$lib/domain/books';
import type { Access } from '$lib/domain/rights';
import type { Entry } from '$lib/protocol/entries';
import type { Frame } from '$lib/protocol/frame';
import { idBytes, newId, type BookId, type EntryId } from '$lib/protocol/ids';
import type { Space } from '$lib/storage/database';
import { LocalStore } from '$lib/storage/local-store';
import { localStorageMarkers } from '$lib/storage/markers';
import { bookOfKind, identityFrom, kindOf, readableBooks, type CircleAccess } from '$lib/sync/circle-access';
import { createCircle, createDevice } from '$lib/sync/create';
import { SyncEngine, type SyncChange } from '$lib/sync/engine';
import { writeContext } from '$lib/sync/write-context';
import { withRecovery } from '$lib/sync/recovery';
import { addMembers } from '$lib/sync/membership';
import { RelayClient } from '$lib/sync/relay-client';
import { OpenBook } from '$lib/sync/open-book';
import { newKey } from './new-key';
import { ORIGIN } from './relay-calls';
import { START } from './relay-world';

export type Answering = (request: Request) => Promise<Response>;
/** Stands between a device and the relay. */
export type Between = (request: Request, relay: Answering) => Promise<Response>;

let spaces = 0;

export class Party {
	readonly changes: SyncChange[] = [];
	/** What was asked, as `POST push`. */
	readonly calls: string[] = [];
	between: Between = (request, relay) => relay(request);
	onRenewing: (progress: { readonly done: number; readonly total: number }) => void = () => undefined;
	/** The device's clock, moved by hand. */
	clock = START;
	engine: SyncEngine;
	client: RelayClient;

	private constructor(
		readonly space: Space,
		readonly store: LocalStore,
		public relay: Answering,
		readonly random: RandomBytes
	) {
		this.client = this.newClient();
		this.engine = this.newEngine();
	}

	static async open(
		relay: Answering,
		type: 'person' | 'unit',
		options: { space?: Space; random?: RandomBytes } = {}
	): Promise<Party> {
		const space: Space = options.space ?? `demo-party-${(spaces += 1)}`;
		const store = await LocalStore.open(space, { random: systemRandom, markers: localStorageMarkers(null) });
		if (!store.ok) throw new Error(store.error.type);
		const random = options.random ?? systemRandom;
		const party = new Party(space, store.value, relay, random);
		if (!(await store.value.readDevice())) {
			const deps = { random, now: () => START, space };
			const device = createDevice(deps, type);
			await store.value.createDevice(
				device,
				type === 'person' ? createCircle(deps, device, idBytes(device.sign)) : null
			);
		}
		return party;
	}

	/** A clean device that nobody has used yet, with its store and client. */
	static async empty(relay: Answering): Promise<Party> {
		const space: Space = `demo-party-${(spaces += 1)}`;
		const store = await LocalStore.open(space, { random: systemRandom, markers: localStorageMarkers(null) });
		if (!store.ok) throw new Error(store.error.type);
		return new Party(space, store.value, relay, systemRandom);
	}

	/** Makes a recovery code and turns the backup on; the code is what stands on the paper. */
	async writeCode(): Promise<RecoveryCode> {
		const code = createRecoveryCode(this.random);
		const made = await withRecovery(await this.device(), code, { random: this.random, now: () => START });
		await this.store.updateDevice(() => ({ ...made, relayOn: true }));
		return code;
	}

	newClient(): RelayClient {
		return new RelayClient({
			fetch: (url, init) => {
				const request = new Request(url, init);
				this.calls.push(`${request.method} ${new URL(url).pathname.replace('/api/v1/', '')}`);
				return this.between(request, (each) => this.relay(each));
			},
			origin: ORIGIN,
			now: () => this.clock,
			timeoutMs: 0
		});
	}

	newEngine(): SyncEngine {
		return new SyncEngine({
			store: this.store,
			relay: this.client,
			random: this.random,
			now: () => this.clock,
			onChange: (change) => void this.changes.push(change),
			onRenewing: (progress) => this.onRenewing(progress)
		});
	}

	turnOn(): Promise<unknown> {
		const recovery = { lookup: '', files: [], confirmedAt: START };
		return this.store.updateDevice((device) => ({ ...device, relayOn: true, recovery: device.recovery ?? recovery }));
	}

	/** `ok`, or the name of what went wrong. */
	async sync(): Promise<string> {
		const result = await this.engine.sync();
		return result.ok ? 'ok' : result.error.type === 'refused' ? result.error.code : result.error.type;
	}

	device = async () => must(await this.store.readDevice(), 'a party has a device');

	/** The circle: the person's own, or the one a unit was let into. */
	async access(index = 0): Promise<CircleAccess> {
		const keys = must((await this.store.readCircles())[index], 'the party knows the circle');
		return must(await this.engine.open(keys, await this.device()), 'the circle opens');
	}

	async record(kind: BookKind, entries: readonly Entry[]): Promise<Frame[]> {
		const access = await this.access();
		const book = must(bookOfKind(access, kind), 'the circle has the book');
		const saved = await this.store.append(writeContext(access, await this.device(), null), [{ book, entries }]);
		if (!saved.ok) throw new Error(saved.error.type);
		return saved.value.map(({ frame }) => frame);
	}

	/** Ids of the entries that count in a book, in order; heartbeats, which the engine writes by itself, left out. */
	async entries(kind: BookKind, index = 0): Promise<string[]> {
		const access = await this.access(index);
		const book = must(bookOfKind(access, kind), 'the circle has the book');
		const { stated } = await OpenBook.open(this.store, access, book, must(kindOf(access, book), 'a kind'));
		return stated.flatMap(({ entry }) => (entry.kind === 'heartbeat' ? [] : [entry.id]));
	}

	async waiting(): Promise<number> {
		const circles = await this.store.readCircles();
		return (await Promise.all(circles.map((keys) => this.store.outbox(keys.circle)))).flat().length;
	}

	/** Lets another party in with these books. */
	async shareWith(other: Party, rights: readonly (readonly [BookKind, Access])[]): Promise<void> {
		const access = await this.access();
		const id = (await other.device()).identity;
		const log = await this.client.identityLog(id);
		const identity = must(log.ok ? identityFrom(log.value, id) : null, 'the other is registered');
		const step = await addMembers(
			access,
			await this.device(),
			[
				{
					identity,
					role: 'careContact',
					rights: rights.map(([kind, right]) => ({ book: must(bookOfKind(access, kind), 'a book'), access: right })),
					person: { name: 'Mottagningen' }
				}
			],
			'Märta',
			{ random: this.random, now: () => START }
		);
		const sent = await this.client.extendCircle(access.chain.circle, step.manifest, step.envelopes);
		if (!sent.ok) throw new Error('the relay took the member');
		this.client.forgetHeads();
	}

	/** A new key for a book, as any device of the circle may make it. `handOut` false keeps the key from everyone. */
	async renewKey(kind: BookKind, options: { handOut?: boolean; index?: number } = {}): Promise<BookId> {
		const access = await this.access(options.index);
		const book = must(bookOfKind(access, kind), 'a book');
		const { manifest, envelopes } = await newKey(access, await this.device(), book, this.random);
		const sent = await this.client.extendCircle(
			access.chain.circle,
			manifest,
			options.handOut === false ? [] : envelopes
		);
		if (!sent.ok) throw new Error('the relay took the key');
		this.client.forgetHeads();
		return book;
	}

	readable = async (index = 0) => readableBooks(await this.access(index)).map(({ kind }) => kind);
}

const newEntryId = (): EntryId => newId<EntryId>(systemRandom);

export const weight = (kilos = 71.4, note?: string): Entry & { kind: 'obs.add' } => ({
	kind: 'obs.add',
	v: 1,
	id: newEntryId(),
	measure: 'weight',
	values: { weight: kilos },
	units: { weight: 'kg' },
	effective: { utc: START, offset: 60, zone: 'Europe/Stockholm' },
	source: { kind: 'manual' },
	...(note ? { note } : {})
});

export const receipt = (name = 'Anna'): Entry => ({
	kind: 'receipt',
	v: 1,
	id: newEntryId(),
	outcome: 'seen',
	at: START,
	name
});
