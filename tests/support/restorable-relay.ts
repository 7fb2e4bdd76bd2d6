/** A relay on SQLite that can be put back to an earlier state, and a person and a care contact who share through it. */
import { copyFileSync, existsSync } from 'node:fs';
import { afterEach, beforeEach, expect } from 'vitest';
import { toBase64url } from '$lib/crypto/bytes';
import { systemRandom } from '$lib/crypto/random';
import { must } from '$lib/domain/assert';
import type { BookKind } from '$lib/domain/books';
import { bookOfKind } from '$lib/sync/circle-access';
import { Party } from './parties';
import { startTestRelay, type TestRelay } from './relay-calls';
import { createSqlitePlace, type SqlitePlace } from './relay-files';

const parts = ['', '-wal', '-shm'];
/** What a person shares in these worlds. */
export const SHARED = [
	['weight', 'w'],
	['profile', 'r'],
	['log', 'w']
] as const;

export class RestorableRelay {
	#place: SqlitePlace | null = null;
	#relay: TestRelay | null = null;

	get place(): SqlitePlace {
		return must(this.#place, 'it was started');
	}

	get relay(): TestRelay {
		return must(this.#relay, 'it was started');
	}

	/** With an empty database. */
	async start(): Promise<void> {
		this.#place = createSqlitePlace();
		this.#relay = startTestRelay(await this.place.open());
	}

	async close(): Promise<void> {
		await this.relay.close();
		await this.place.remove();
	}

	readonly answering = (request: Request): Promise<Response> => this.relay.handle(request, '192.0.2.1');

	/** Copies the database as it lies on the disk, as an operator's backup does. */
	async backUp(): Promise<void> {
		await this.relay.close();
		for (const part of parts)
			if (existsSync(this.place.file + part)) copyFileSync(this.place.file + part, `${this.place.file}.backup${part}`);
		this.#relay = startTestRelay(await this.place.open());
	}

	/** Puts the backup in place; `isTold` when the operator then ran `scripts/restored.js`. */
	async restore(isTold: boolean): Promise<void> {
		await this.relay.close();
		for (const part of parts) {
			const saved = `${this.place.file}.backup${part}`;
			if (existsSync(saved)) copyFileSync(saved, this.place.file + part);
		}
		const store = await this.place.open();
		if (isTold) await store.markRestored(toBase64url(systemRandom(16)));
		this.#relay = startTestRelay(store);
	}

	async party(type: 'person' | 'unit'): Promise<Party> {
		const opened = await Party.open(this.answering, type);
		await opened.turnOn();
		expect(await opened.sync()).toBe('ok');
		return opened;
	}

	/** How many frames of a book lie at the relay. */
	async count(party: Party, kind: BookKind): Promise<number> {
		const access = await party.access();
		const book = must(bookOfKind(access, kind), 'a book');
		return (await this.relay.store.framesAfter({ circle: access.chain.circle, book, after: 0 }, 1_000)).length;
	}
}

/** A relay for each test of a file. */
export function useRelay(): RestorableRelay {
	const world = new RestorableRelay();
	beforeEach(() => world.start());
	afterEach(() => world.close());
	return world;
}

export async function share(person: Party, unit: Party): Promise<void> {
	await person.shareWith(unit, SHARED);
	for (const each of [person, unit]) expect(await each.sync()).toBe('ok');
}

/** Passes until nobody has anything more to say; what each pass said. */
export async function settle(parties: readonly Party[]): Promise<string[]> {
	const said: string[] = [];
	for (let round = 0; round < 6; round += 1)
		for (const each of parties) {
			each.client.forgetHeads();
			said.push(await each.sync());
		}
	return said;
}

/** Each has just these weights, and nothing waits. */
export async function expectAlike(parties: readonly Party[], ids: readonly string[]): Promise<void> {
	for (const each of parties) {
		expect(await each.sync()).toBe('ok');
		expect([...(await each.entries('weight'))].sort()).toEqual([...ids].sort());
		expect(await each.waiting()).toBe(0);
	}
}
