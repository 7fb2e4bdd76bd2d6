/** Heartbeats, and relays that show two people different things (docs/protocol.md 11; MR2, MR5). */
import 'fake-indexeddb/auto';
import { copyFileSync, existsSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { Party, weight, type Between } from '../../../tests/support/parties';
import { startTestRelay } from '../../../tests/support/relay-calls';
import { createSqlitePlace } from '../../../tests/support/relay-files';
import { useRelay } from '../../../tests/support/restorable-relay';
import { must } from '$lib/domain/assert';
import { encodePull, parsePull } from '$lib/protocol/api/frames';
import { encodeHeads, parseHeads } from '$lib/protocol/api/heads';
import type { Heartbeat } from '$lib/protocol/entries';
import type { BookId } from '$lib/protocol/ids';
import { bookOfKind } from './circle-access';
import { OpenBook } from './open-book';

const world = useRelay();

const HOUR = 3_600_000;
const binary = (bytes: Uint8Array, headers: HeadersInit) => new Response(bytes as Uint8Array<ArrayBuffer>, { headers });
const bytesOf = async (answer: Response) => new Uint8Array(await answer.clone().arrayBuffer());

async function pair() {
	const [marta, unit] = [await Party.open(world.answering, 'person'), await Party.open(world.answering, 'unit')];
	await Promise.all([marta.turnOn(), unit.turnOn()]);
	expect([await marta.sync(), await unit.sync()]).toEqual(['ok', 'ok']);
	await marta.shareWith(unit, [
		['weight', 'w'],
		['profile', 'r'],
		['log', 'w']
	]);
	expect([await marta.sync(), await unit.sync(), await marta.sync()]).toEqual(['ok', 'ok', 'ok']);
	return { marta, unit };
}

async function bookOf(party: Party, kind: 'weight' | 'log'): Promise<BookId> {
	return must(bookOfKind(await party.access(), kind), 'a book');
}

async function heartbeats(party: Party): Promise<Heartbeat[]> {
	const book = await OpenBook.open(party.store, await party.access(), await bookOf(party, 'log'), 'log');
	return book.stated.flatMap(({ entry }) => (entry.kind === 'heartbeat' ? [entry] : []));
}

describe('heartbeats', () => {
	test('a person’s device says once a day that it is in touch, and where the shared books stood', async () => {
		const { marta, unit } = await pair();
		expect(await heartbeats(marta)).toHaveLength(1);
		await marta.record('weight', [weight()]);
		await marta.sync();
		marta.clock += 19 * HOUR;
		await marta.sync();
		expect(await heartbeats(marta)).toHaveLength(1);
		marta.clock += 2 * HOUR;
		await marta.sync();
		await unit.sync();
		const [, second] = await heartbeats(unit);
		const shared = [await bookOf(marta, 'weight'), await bookOf(marta, 'log')];
		expect(second?.heads.map(({ book }) => book).sort()).toEqual(shared.sort());
		expect(second?.at).toBe(marta.clock);
	});

	test('a clock that is set back does not silence the device', async () => {
		const { marta } = await pair();
		marta.clock -= 400 * 24 * HOUR;
		marta.engine = marta.newEngine();
		await marta.sync();
		expect(await heartbeats(marta)).toHaveLength(2);
	});

	test('a unit, with its hundreds of circles, writes none by itself', async () => {
		const { unit } = await pair();
		unit.clock += 48 * HOUR;
		await unit.sync();
		expect((await heartbeats(unit)).length).toBe(1);
	});
});

/** Shows a book only up to a place: its heads and its frames. */
const withheldAfter =
	(book: BookId, most: number): Between =>
	async (request, next) => {
		const answer = await next(request);
		if (answer.status !== 200) return answer;
		if (request.url.endsWith('/pull')) {
			const { header, frames } = must(parsePull(await bytesOf(answer)), 'a pull');
			let at = 0;
			const kept: Uint8Array[] = [];
			const ranges = header.ranges.map((range) => {
				const count = range.book === book ? Math.max(0, Math.min(range.count, most - range.after)) : range.count;
				kept.push(...frames.slice(at, at + count));
				at += range.count;
				return { ...range, count };
			});
			return binary(encodePull({ ...header, ranges }, kept), answer.headers);
		}
		const heads = request.url.endsWith('/heads') && parseHeads(await bytesOf(answer));
		if (!heads) return answer;
		const circles = heads.circles.map((circle) => ({
			...circle,
			books: circle.books.map((each) =>
				each.book === book ? { ...each, pos: most, run: runs.get(most) ?? each.run } : each
			)
		}));
		return binary(encodeHeads({ ...heads, circles }), answer.headers);
	};
const runs = new Map<number, string>();

test('MR2: a relay that keeps a book from one member is found out by another’s heartbeat, and nothing is lost', async () => {
	const { marta, unit } = await pair();
	const book = await bookOf(marta, 'weight');
	const entries = [weight(70), weight(71)];
	await marta.record('weight', entries.slice(0, 1));
	for (const each of [marta, unit, marta]) expect(await each.sync()).toBe('ok');
	for (const { pos, run } of (await unit.store.head((await unit.access()).chain.circle, book)).trail ?? [])
		runs.set(pos, run);
	unit.between = withheldAfter(book, 1);
	await marta.record('weight', entries.slice(1));
	await marta.sync();
	await marta.sync();
	expect(await unit.sync()).toBe('ok');
	expect(await unit.entries('weight')).toHaveLength(1);
	marta.clock += 24 * HOUR;
	await marta.sync();
	unit.client.forgetHeads();
	expect(await unit.sync()).toBe('ok');
	unit.client.forgetHeads();
	expect(await unit.sync()).toBe('relay-went-back');
	unit.between = (request, next) => next(request);
	unit.client.forgetHeads();
	expect(await unit.sync()).toBe('ok');
	expect(await unit.entries('weight')).toEqual(entries.map(({ id }) => id));
});

test('MR5: a relay that shows two members two histories is found out by the first frame that crosses', async () => {
	const { marta, unit } = await pair();
	await marta.record('weight', [weight(70)]);
	for (const each of [marta, unit, marta]) expect(await each.sync()).toBe('ok');
	// From here on the relay is two: each member is shown one of them.
	await world.backUp();
	const other = createSqlitePlace();
	for (const part of ['', '-wal', '-shm']) {
		const saved = `${world.place.file}.backup${part}`;
		if (existsSync(saved)) copyFileSync(saved, other.file + part);
	}
	const second = startTestRelay(await other.open());
	unit.relay = (request) => second.handle(request, '192.0.2.1');
	await marta.record('weight', [weight(71)]);
	await unit.record('weight', [weight(72)]);
	for (const each of [marta, unit, marta, unit]) expect(await each.sync()).toBe('ok');
	const crossing = await unit.record('weight', [weight(73)]);
	expect(await unit.sync()).toBe('ok');
	const all = (await unit.store.frames((await unit.access()).chain.circle, await bookOf(unit, 'weight')))
		.map(({ frame }) => frame)
		.filter(({ header }) => header.device === must(crossing[0], 'a frame').header.device)
		.sort((a, b) => a.header.seq - b.header.seq);
	unit.relay = world.answering;
	unit.client = unit.newClient();
	const device = await unit.device();
	unit.client.useLogin({ identity: device.identity, device: device.device, signSecret: idSecret(device.sign) });
	expect((await unit.client.push(all.map(({ bytes }) => bytes))).ok).toBe(true);
	marta.client.forgetHeads();
	expect(await marta.sync()).toBe('relay-went-back');
	expect(await marta.entries('weight')).toHaveLength(4);
	expect((await marta.store.readCare()).lost).toBeDefined();
	await second.close();
	await other.remove();
});

const idSecret = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'base64url'));
