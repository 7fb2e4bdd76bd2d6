/**
 * All that a circle is opened from but its books, read in one transaction. A care unit's device opens hundreds one after the
 * other, and each journey to the storage costs as much as what it brings.
 */
import type { CircleId, IdentityId } from '$lib/protocol/ids';
import { namedIn } from '$lib/protocol/manifest';
import type { HeadRow, HemlinjeDatabase, KeyRow } from './database';
import {
	circleKeysSchema,
	circleRow,
	circleWorkSchema,
	DEVICE_ROW,
	deviceKeysSchema,
	identityRow,
	knownIdentitySchema,
	noWork,
	workRow,
	type CircleKeys,
	type CircleWork,
	type DeviceKeys
} from './keyring';
import type { SealedRows } from './sealed-rows';

export interface CircleRows {
	readonly circle: CircleId;
	/** Null where this device has no identity. */
	readonly device: DeviceKeys | null;
	/** Null where the circle is not here. */
	readonly keys: CircleKeys | null;
	/** Everyone the circle's records name but this device's own identity … */
	readonly others: readonly IdentityId[];
	/** … and their logs as far as they are here. */
	readonly logs: ReadonlyMap<IdentityId, readonly string[]>;
	/** Where each book stands in which anything has ever come to this device. */
	readonly heads: readonly HeadRow[];
	readonly work: CircleWork;
	/** How many frames wait to be sent; 0 while this device sends nothing, when all of them do and nobody asks how many. */
	readonly waiting: number;
	/** The circle's and the others' rows as they lie there. */
	readonly sealed: readonly KeyRow[];
}

/** Reads them. `isWhole` is false when a row is there that does not open. */
export function readCircleRows(
	database: HemlinjeDatabase,
	rows: SealedRows,
	circle: CircleId
): PromiseLike<CircleRows & { readonly isWhole: boolean }> {
	return database.transaction('r', ['keys', 'heads', 'outbox'], async () => {
		const [[deviceRow, keysRow, workingRow], heads] = await Promise.all([
			database.keys.bulkGet([DEVICE_ROW, circleRow(circle), workRow(circle)]),
			database.heads.where('circle').equals(circle).toArray()
		]);
		const device = deviceRow ? rows.open(deviceRow, deviceKeysSchema) : null;
		const keys = keysRow ? rows.open(keysRow, circleKeysSchema) : null;
		const work = workingRow ? rows.open(workingRow, circleWorkSchema) : null;
		const others = [...namedIn(keys?.manifests ?? []).keys()].filter((id) => id !== device?.identity);
		const [found, waiting] = await Promise.all([
			database.keys.bulkGet(others.map(identityRow)),
			device?.relayOn ? database.outbox.where('circle').equals(circle).count() : 0
		]);
		const logRows = found.flatMap((row) => row ?? []);
		const logs = logRows.map((row) => rows.open(row, knownIdentitySchema));
		const isWhole = [deviceRow && !device, keysRow && !keys, workingRow && !work, logs.includes(null)].every(
			(lacks) => !lacks
		);
		return {
			circle,
			device,
			keys,
			others,
			logs: new Map(logs.flatMap((known) => (known ? [[known.identity, known.log] as const] : []))),
			heads,
			work: work ?? noWork(circle),
			waiting,
			sealed: [...(keysRow ? [keysRow] : []), ...logRows],
			isWhole
		};
	});
}
