/** Several relays over one PostgreSQL, and a PostgreSQL that dies (docs/protocol.md R4, R10). */
import { afterEach, expect, inject, test } from 'vitest';
import { parsePull } from '$lib/protocol/api/frames';
import { openPostgresStore } from '$lib/server/postgres/open';
import { silentLog } from '$lib/server/log';
import { toBase64url } from '$lib/crypto/bytes';
import { systemRandom } from '$lib/crypto/random';
import { createPostgresPlace } from '../support/relay-files';
import { startPostgres } from '../support/postgres';
import {
	bodyBytes,
	call,
	join,
	login,
	postCircle,
	pull,
	push,
	readEvents,
	startTestRelay,
	type TestRelay
} from '../support/relay-calls';
import {
	bookAt,
	createCircle,
	createDevice,
	createSomeone,
	createWriter,
	firstDevice,
	frameAfter,
	nextFrame,
	nextRecord
} from '../support/relay-world';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
	for (const each of open.splice(0).reverse()) await each.close();
});

async function twoRelays(pollMs: number): Promise<[TestRelay, TestRelay]> {
	const place = await createPostgresPlace(inject('postgresUrl'), pollMs);
	open.push({ close: () => place.remove() });
	const start = async (address: string) => {
		const relay = startTestRelay(await openPostgresStore(address, systemRandom, silentLog, { pollMs }));
		open.push(relay);
		return relay;
	};
	return [await start(place.url), await start(place.url)];
}

test(
	'R10: what one relay stores, another’s listeners hear of, and a removed device’s stream ends there',
	{ timeout: 30_000 },
	async () => {
		const [here, there] = await twoRelays(1e9);
		const owner = createSomeone();
		const token = await join(here, owner);
		const circle = createCircle(owner);
		await postCircle(here, circle, token);
		const second = createDevice();
		const record = (bytes: Uint8Array) =>
			call(here, `identities/${owner.identity.id}/log`, { json: { record: toBase64url(bytes) } });
		await record(nextRecord(owner, { kind: 'addDevice', device: second }));
		const events = readEvents(await call(there, 'events', { token: await login(there, owner, second) }));
		await push(here, [frameAfter(createWriter(circle, bookAt(circle), firstDevice(owner)))], token);
		expect(await events.nudged()).toBe(circle.id);
		await record(nextRecord(owner, { kind: 'removeDevice', device: second.id }));
		let last = await events.nudged();
		while (last !== null) last = await events.nudged();
		expect(last).toBeNull();
	}
);

test('R10: where NOTIFY is not heard, counters are polled', { timeout: 30_000 }, async () => {
	const place = await createPostgresPlace(inject('postgresUrl'), 20);
	open.push({ close: () => place.remove() });
	// A pooler between relay and database is told apart by its deafness: this one listens on another database.
	const other = await createPostgresPlace(inject('postgresUrl'), 20);
	open.push({ close: () => other.remove() });
	const store = await openPostgresStore(place.url, systemRandom, silentLog, { pollMs: 20, listenUrl: other.url });
	const [here, there] = [startTestRelay(await place.open()), startTestRelay(store)];
	open.push(here, there);
	const owner = createSomeone();
	const token = await join(here, owner);
	const circle = createCircle(owner);
	await postCircle(here, circle, token);
	const events = readEvents(await call(there, 'events', { token: await login(there, owner) }));
	expect(await events.nudged()).toBe(circle.id); // First look: everything is news.
	await push(here, [frameAfter(createWriter(circle, bookAt(circle), firstDevice(owner)))], token);
	expect(await events.nudged()).toBe(circle.id);
	await events.stop();
});

test('R2: the relay outlives its PostgreSQL, and no acknowledged frame is lost', { timeout: 120_000 }, async () => {
	const server = await startPostgres();
	open.push({ close: () => server.stop() });
	const relay = startTestRelay(await openPostgresStore(server.url, systemRandom, silentLog));
	open.push(relay);
	const owner = createSomeone();
	const token = await join(relay, owner);
	const circle = createCircle(owner);
	await postCircle(relay, circle, token);
	const writer = createWriter(circle, bookAt(circle), firstDevice(owner));
	const acked: string[] = [];
	let crashing: Promise<void> | null = null;
	for (let count = 0; count < 30; count += 1) {
		const frame = nextFrame(writer);
		if (count === 10) crashing = server.crash();
		// As a device does: the same frame again until it is acknowledged.
		for (;;) {
			const answer = await push(relay, [frame], token);
			if (answer.status === 200) break;
			expect(answer.status).toBe(503);
		}
		acked.push(toBase64url(frame.bytes));
	}
	await crashing;
	const pulled = parsePull(
		await bodyBytes(await pull(relay, [{ circle: circle.id, book: bookAt(circle).id, after: 0 }], token))
	);
	expect(pulled?.frames.map(toBase64url)).toEqual(acked);
	expect((await call(relay, 'health')).status).toBe(200);
});
