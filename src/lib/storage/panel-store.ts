/**
 * What a device with hundreds of circles keeps of each besides their books: the sealed row the care contact's list starts from,
 * and what tells whether it still holds (docs/protocol.md 15, D9). Derived: never more than a shorter way to what the frames say.
 */
import { toBase64url, utf8, utf8ToString } from '$lib/crypto/bytes';
import { sha256 } from '$lib/crypto/hash';
import { NONCE_LENGTH } from '$lib/crypto/sealing';
import type { CircleId, IdentityId } from '$lib/protocol/ids';
import type { Connection } from './connection';
import type { CircleRows } from './circle-rows';
import type { HeadRow, KeyRow } from './database';
import type { DerivedRows } from './derived-rows';
import { circleRow, identityRow, summaryRow, type DeviceKeys } from './keyring';

const CIRCLE_ROWS = circleRow('' as CircleId);
const IDENTITY_ROWS = identityRow('' as IdentityId);
const SUMMARY_ROWS = summaryRow('' as CircleId);
const TAKEN_ROW = 'taken';

/**
 * Names everything a circle was opened from: its keyring row, where each of its books stands, the logs of others, and the own
 * one. A row is sealed anew with another nonce whenever it is written, so a nonce names what is in it.
 */
export class CircleStamps {
	readonly #own: string;
	readonly #nonces: ReadonlyMap<string, string>;
	readonly #heads = new Map<CircleId, HeadRow[]>();

	constructor(own: DeviceKeys, rows: readonly KeyRow[], heads: readonly HeadRow[]) {
		this.#own = `${own.identity} ${own.device} ${own.log.at(-1) ?? ''}`;
		this.#nonces = new Map(rows.map(({ id, bytes }) => [id, toBase64url(bytes.subarray(0, NONCE_LENGTH))]));
		for (const head of heads) {
			const known = this.#heads.get(head.circle);
			if (known) known.push(head);
			else this.#heads.set(head.circle, [head]);
		}
	}

	get circles(): readonly CircleId[] {
		return [...this.#nonces.keys()].flatMap((id) =>
			id.startsWith(CIRCLE_ROWS) ? [id.slice(CIRCLE_ROWS.length) as CircleId] : []
		);
	}

	/** Whether anything has ever come to this device in a circle. */
	hasAnything(circle: CircleId): boolean {
		return this.#heads.has(circle);
	}

	/** Null for a circle that is not here. */
	of(circle: CircleId, identities: readonly IdentityId[]): string | null {
		const row = this.#nonces.get(circleRow(circle));
		if (row === undefined) return null;
		const heads = (this.#heads.get(circle) ?? [])
			.map(({ book, pos, seq, hash, arrivals, rewrites }) => [book, pos, seq, hash, arrivals, rewrites].join(' '))
			.sort();
		const logs = [...identities].sort().map((id) => `${id} ${this.#nonces.get(identityRow(id)) ?? ''}`);
		return toBase64url(sha256(utf8(JSON.stringify([this.#own, row, heads, logs]))));
	}
}

/** How a circle stood when its rows were read; null for one that is not here. */
export const stampOf = ({ circle, device, others, sealed, heads }: CircleRows): string | null =>
	device && new CircleStamps(device, sealed, heads).of(circle, others);

/** What concerns all circles of a device at once, without opening one. */
export class PanelStore {
	readonly #connection: Connection;
	readonly #derived: DerivedRows;

	constructor(connection: Connection, derived: DerivedRows) {
		this.#connection = connection;
		this.#derived = derived;
	}

	/** Every circle this device has a row of, by name. */
	async circleIds(): Promise<CircleId[]> {
		const ids = await this.#connection.read((database) =>
			database.keys.where('id').startsWith(CIRCLE_ROWS).primaryKeys()
		);
		return ids.map((id) => id.slice(CIRCLE_ROWS.length) as CircleId);
	}

	/** Circles in which anything waits to be sent. */
	async waitingCircles(): Promise<CircleId[]> {
		const keys = await this.#connection.read((database) => database.outbox.orderBy('circle').uniqueKeys());
		return keys as unknown as CircleId[];
	}

	/** How every circle stands now. */
	async readStamps(own: DeviceKeys): Promise<CircleStamps> {
		const [rows, heads] = await this.#connection.read((database) =>
			database.transaction('r', ['keys', 'heads'], () =>
				Promise.all([
					database.keys.where('id').startsWith(CIRCLE_ROWS).or('id').startsWith(IDENTITY_ROWS).toArray(),
					database.heads.toArray()
				])
			)
		);
		return new CircleStamps(own, rows, heads);
	}

	/** Every circle as it was last summed up. Unchecked text: its reader decides whether it still stands for the circle. */
	async readSummaries(): Promise<ReadonlyMap<CircleId, string>> {
		const summaries = new Map<CircleId, string>();
		for (const { id, plain } of await this.#derived.readAll(SUMMARY_ROWS)) {
			const text = utf8ToString(plain);
			if (text !== null) summaries.set(id.slice(SUMMARY_ROWS.length) as CircleId, text);
		}
		return summaries;
	}

	/** Which of the relay's heads were taken in whole, as text. */
	async readTaken(): Promise<string | null> {
		const plain = await this.#derived.read(TAKEN_ROW);
		return plain && utf8ToString(plain);
	}

	/** How one circle stands now. */
	async stampOf(circle: CircleId, identities: readonly IdentityId[], own: DeviceKeys): Promise<string | null> {
		const ids = [circleRow(circle), ...identities.map(identityRow)];
		const [rows, heads] = await this.#connection.read((database) =>
			database.transaction('r', ['keys', 'heads'], () =>
				Promise.all([database.keys.bulkGet(ids), database.heads.where('circle').equals(circle).toArray()])
			)
		);
		return new CircleStamps(
			own,
			rows.flatMap((row) => row ?? []),
			heads
		).of(circle, identities);
	}

	/** Keeps a summary for the next start. */
	keep(circle: CircleId, text: string): Promise<void> {
		return this.#derived.keep([{ id: summaryRow(circle), plain: utf8(text) }]);
	}

	keepTaken(text: string): Promise<void> {
		return this.#derived.keep([{ id: TAKEN_ROW, plain: utf8(text) }]);
	}
}

/** JSON from a derived row; null for anything else, which is made anew. */
export function parsedText(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return null;
	}
}
