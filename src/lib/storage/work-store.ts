/** What was begun in a circle here and waits for somebody else: the relay, an invited person, whoever invited. */
import type { Result } from '$lib/domain/result';
import type { CircleId } from '$lib/protocol/ids';
import type { Connection } from './connection';
import type { StorageError } from './errors';
import {
	circleWorkSchema,
	ERASING_ROW,
	erasingSchema,
	JOININGS_ROW,
	joiningsSchema,
	noWork,
	workRow,
	WORK_ROWS,
	type CircleWork,
	type Erasing,
	type Joining
} from './keyring';
import type { SealedRows } from './sealed-rows';

export class WorkStore {
	readonly #connection: Connection;
	readonly #rows: SealedRows;

	constructor(connection: Connection, rows: SealedRows) {
		this.#connection = connection;
		this.#rows = rows;
	}

	/** Whether anything may be owed to the relay on this device's circles. Cheap: asked in every pass. */
	async hasAny(): Promise<boolean> {
		const count = await this.#connection.read((database) =>
			database.keys.where('id').startsWith(WORK_ROWS).or('id').equals(JOININGS_ROW).count()
		);
		return count > 0;
	}

	/** This device's unfinished work in each circle. */
	readAll(): Promise<CircleWork[]> {
		return this.#rows.readAll(WORK_ROWS, circleWorkSchema);
	}

	async read(circle: CircleId): Promise<CircleWork> {
		return (await this.#rows.read(workRow(circle), circleWorkSchema)) ?? noWork(circle);
	}

	/** Reads, changes and writes a circle's work in one transaction; `change` is synchronous. */
	update(circle: CircleId, change: (before: CircleWork) => CircleWork): Promise<Result<void, StorageError>> {
		return this.#rows.update(workRow(circle), circleWorkSchema, (before) => change(before ?? noWork(circle)));
	}

	/** Null unless everything is being erased: then nothing else is to be done with this store. */
	readErasing(): Promise<Erasing | null> {
		return this.#rows.read(ERASING_ROW, erasingSchema);
	}

	saveErasing(erasing: Erasing): Promise<Result<void, StorageError>> {
		return this.#rows.update(ERASING_ROW, erasingSchema, (before) => ({
			...erasing,
			begun: erasing.begun || before?.begun === true
		}));
	}

	/** The person has changed their mind before anything was gone. */
	clearErasing(): Promise<Result<void, StorageError>> {
		return this.#connection.write(['keys'], (database) => database.keys.delete(ERASING_ROW));
	}

	/** Invitations this device's person has answered. */
	async readJoinings(): Promise<Joining[]> {
		return (await this.#rows.read(JOININGS_ROW, joiningsSchema))?.joinings ?? [];
	}

	updateJoinings(change: (before: readonly Joining[]) => readonly Joining[]): Promise<Result<void, StorageError>> {
		return this.#rows.update(JOININGS_ROW, joiningsSchema, (before) => ({
			v: 1 as const,
			joinings: [...change(before?.joinings ?? [])]
		}));
	}
}
