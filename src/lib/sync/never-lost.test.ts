/** What a device has recorded is never lost: between two tabs, on becoming another device, on leaving (F6, MR12). */
import 'fake-indexeddb/auto';
import { expect, test } from 'vitest';
import { acknowledging } from '../../../tests/support/lying-relay';
import { Party, receipt, weight } from '../../../tests/support/parties';
import { expectAlike, useRelay, settle, SHARED } from '../../../tests/support/restorable-relay';
import { systemRandom } from '$lib/crypto/random';
import { must } from '$lib/domain/assert';
import { splitFrames } from '$lib/protocol/api/frames';
import { parseFrame } from '$lib/protocol/frame';
import type { BookId, CircleId, Hash } from '$lib/protocol/ids';
import { emptyHead, HemlinjeDatabase } from '$lib/storage/database';
import { LocalStore } from '$lib/storage/local-store';
import { localStorageMarkers } from '$lib/storage/markers';
import { bookOfKind } from './circle-access';
import { frameContent } from './frame-content';
import { writeContext } from './write-context';

const world = useRelay();

/** A person and a unit that share weights. */
async function sharing(): Promise<{ marta: Party; unit: Party }> {
	const [marta, unit] = [await Party.open(world.answering, 'person'), await Party.open(world.answering, 'unit')];
	await marta.writeCode();
	await unit.turnOn();
	for (const each of [marta, unit]) expect(await each.sync()).toBe('ok');
	await marta.shareWith(unit, SHARED);
	await settle([marta, unit]);
	return { marta, unit };
}

const weightBook = async (party: Party): Promise<BookId> =>
	must(bookOfKind(await party.access(), 'weight'), 'the circle has the book');

/** What the next start of the app says of the store. */
async function reopened({ space }: Party): Promise<string> {
	const opened = await LocalStore.open(space, { random: systemRandom, markers: localStorageMarkers(null) });
	if (!opened.ok) return opened.error.type;
	opened.value.close();
	return 'ok';
}

/** Another tab seals what waits of the weights anew, just before this one notes for the first time what it sends of them. */
async function resealBetween(party: Party): Promise<{ readonly came: () => boolean }> {
	const { store } = party;
	const mark = store.markSent.bind(store);
	const book = await weightBook(party);
	let hasCome = false;
	store.markSent = async (part) => {
		if (!hasCome && part[0]?.row.book === book) {
			hasCome = true;
			const access = await party.access();
			await store.reseal(writeContext(access, await party.device(), null), book, null, (frame) =>
				frameContent(access, frame)
			);
		}
		return mark(part);
	};
	return { came: () => hasCome };
}

test('F6: a frame that another tab seals anew between reading and sending is not sent as it was', async () => {
	const { marta, unit } = await sharing();
	const entries = [weight(70), weight(80)];
	await marta.record('weight', entries.slice(0, 1));
	const tab = await resealBetween(marta);
	await unit.record('weight', entries.slice(1));
	expect(await marta.sync()).toBe('ok');
	expect(tab.came()).toBe(true);
	expect(await reopened(marta)).toBe('ok');
	await settle([unit, marta]);
	expect(await reopened(marta)).toBe('ok');
	await expectAlike(
		[marta, unit],
		entries.map(({ id }) => id)
	);
});

test('F6: an own frame that is no longer here and comes back from the relay with others is found', async () => {
	const { marta, unit } = await sharing();
	const entries = [weight(70), weight(80)];
	await marta.record('weight', entries.slice(0, 1));
	await marta.sync();
	await unit.record('weight', entries.slice(1));
	await settle([unit, marta]);
	const book = await weightBook(marta);
	const { circle } = (await marta.access()).chain;
	const { hash, seq } = await marta.store.head(circle, book);
	const database = new HemlinjeDatabase(marta.space);
	await database.frames.filter((row) => row.book === book).delete();
	await database.blocks.filter((row) => row.book === book).delete();
	await database.heads.put({ ...emptyHead(circle, book), hash, seq });
	expect(await reopened(marta)).toBe('wiped');
	marta.engine = marta.newEngine();
	await settle([marta]);
	expect(await database.frames.get([circle, book, must(hash, 'an own frame')])).toBeDefined();
	database.close();
	expect(await reopened(marta)).toBe('ok');
	await expectAlike(
		[marta, unit],
		entries.map(({ id }) => id)
	);
});

test('MR12: what was acknowledged falsely is said again by a device that becomes another in the same pass', async () => {
	const { marta, unit } = await sharing();
	const [shown] = await unit.record('log', [receipt()]);
	await settle([unit, marta]);
	const entries = [weight(70), weight(80)];
	await marta.record('weight', entries.slice(0, 1));
	await marta.sync();
	await marta.record('weight', entries.slice(1));
	await marta.record('log', [receipt()]);
	const weights = await weightBook(marta);
	const { device } = await marta.device();
	// The weights are said to have arrived; in the log somebody else’s frame is said to stand in the place.
	const told = new Set<BookId>();
	marta.between = async (request, next) => {
		if (!request.url.endsWith('/push')) return next(request);
		const { book } = await headerOf(request);
		if (told.has(book)) return next(request);
		told.add(book);
		return book === weights ? acknowledging(() => 9)(request, next) : foreignHead(request, must(shown, 'a frame').hash);
	};
	await marta.sync();
	expect(told.size).toBe(2);
	marta.between = (request, next) => next(request);
	expect((await marta.device()).device).not.toBe(device);
	await settle([marta, unit]);
	await expectAlike(
		[marta, unit],
		entries.map(({ id }) => id)
	);
});

/** The unit's person has written a weight and a farewell and leaves; the relay says it has both, and has neither. */
async function leavingUnseen(unit: Party): Promise<{ readonly circle: CircleId; readonly id: string }> {
	const entry = weight(70);
	await unit.record('weight', [entry]);
	await unit.record('log', [receipt()]);
	const { circle } = (await unit.access()).chain;
	await unit.store.updateCircle(circle, (now) => ({ ...must(now, 'the circle is here'), standing: 'declined' }));
	unit.between = acknowledging(() => 9);
	expect(await unit.waiting()).toBeGreaterThan(0);
	await unit.sync();
	expect(await unit.waiting()).toBe(0);
	unit.between = (request, next) => next(request);
	return { circle, id: entry.id };
}

const keysOf = async ({ store }: Party, circle: CircleId) => (await store.readCircle(circle))?.keys;

test('MR12: a circle that was left stays until what was acknowledged falsely is at the relay', async () => {
	const { marta, unit } = await sharing();
	const { circle, id } = await leavingUnseen(unit);
	expect(await keysOf(unit, circle)).not.toEqual([]);
	await settle([unit, marta]);
	expect(await keysOf(unit, circle)).toEqual([]);
	expect(await unit.store.heads(circle)).toEqual([]);
	await expectAlike([marta], [id]);
	expect(await marta.entries('log')).toHaveLength(1);
});

test('an honest relay is told in the same sync that somebody leaves', async () => {
	const { marta, unit } = await sharing();
	const entry = weight(70);
	await unit.record('weight', [entry]);
	const { circle } = (await unit.access()).chain;
	await unit.store.updateCircle(circle, (now) => ({ ...must(now, 'the circle is here'), standing: 'declined' }));
	expect(await unit.sync()).toBe('ok');
	expect(await keysOf(unit, circle)).toEqual([]);
	expect(unit.calls.at(-1)).toMatch(/leave$/);
	await settle([marta]);
	await expectAlike([marta], [entry.id]);
});

test('what a person wrote before they left without network arrives, and they leave, though the book has a new key by then', async () => {
	const { marta, unit } = await sharing();
	const entry = weight(70);
	unit.between = () => Promise.reject(new TypeError('no network'));
	await unit.record('weight', [entry]);
	const { circle } = (await unit.access()).chain;
	await unit.store.updateCircle(circle, (now) => ({ ...must(now, 'the circle is here'), standing: 'declined' }));
	expect(await unit.sync()).toBe('unreachable');
	await marta.renewKey('weight');
	await settle([marta]);
	unit.between = (request, next) => next(request);
	await settle([unit]);
	expect(await keysOf(unit, circle)).toEqual([]);
	await settle([marta]);
	await expectAlike([marta], [entry.id]);
});

test('a circle that was left goes when the relay lets the person in no more, also when something was never seen', async () => {
	const { unit } = await sharing();
	const { circle } = await leavingUnseen(unit);
	await world.relay.store.leaveCircle(circle, (await unit.device()).identity);
	await settle([unit]);
	expect(await keysOf(unit, circle)).toEqual([]);
});

async function headerOf(request: Request) {
	const [first] = must(splitFrames(new Uint8Array(await request.clone().arrayBuffer())), 'a push holds frames');
	const frame = parseFrame(must(first, 'one at least'));
	if (!frame.ok) throw new Error('not a frame');
	return frame.value.header;
}

/** Refuses a push: a frame that was shown, and is another, is said to stand in the place. */
async function foreignHead(request: Request, hash: Hash): Promise<Response> {
	const { seq } = await headerOf(request);
	const body = { error: 'conflict', head: { seq, hash } };
	return new Response(JSON.stringify(body), { status: 409, headers: { 'content-type': 'application/json' } });
}

test('F6: which of two sealings has arrived is taken from a refusal only when it was shown', async () => {
	const { marta, unit } = await sharing();
	const entries = [weight(70), weight(71), weight(72)];
	await marta.record('weight', entries.slice(0, 1));
	const { circle } = (await marta.access()).chain;
	const [row] = await marta.store.outbox(circle);
	marta.between = (request, relay) =>
		request.url.endsWith('/push') ? Promise.reject(new TypeError('no network')) : relay(request);
	await marta.sync();
	await unit.renewKey('weight');
	await unit.sync();
	let isToldWrong = false;
	// It keeps the later sealing, and says that it has the one that never came.
	marta.between = async (request, relay) => {
		const answer = await relay(request);
		if (!request.url.endsWith('/push') || answer.status !== 200 || isToldWrong) return answer;
		isToldWrong = true;
		return Response.json({ error: 'conflict', head: { seq: row?.seq, hash: row?.hash } }, { status: 409 });
	};
	marta.client.forgetHeads();
	const { device } = await marta.device();
	await marta.sync();
	expect(isToldWrong).toBe(true);
	marta.between = (request, relay) => relay(request);
	for (const entry of entries.slice(1)) {
		await marta.record('weight', [entry]);
		await settle([marta, unit]);
	}
	await expectAlike(
		[marta, unit],
		entries.map(({ id }) => id)
	);
	expect((await marta.device()).device).toBe(device);
});
