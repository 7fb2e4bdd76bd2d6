/** What was cut off, left out or spoiled once is looked at again until all of it is there (part 11). */
import 'fake-indexeddb/auto';
import { expect, test, vi } from 'vitest';
import { acknowledging } from '../../../tests/support/lying-relay';
import { weight, type Between } from '../../../tests/support/parties';
import { expectAlike, useRelay, settle, share, SHARED } from '../../../tests/support/restorable-relay';
import { must } from '$lib/domain/assert';
import { encodePull, parsePull, type PullHeader } from '$lib/protocol/api/frames';
import { encodeHeads, parseHeads } from '$lib/protocol/api/heads';
import { StorageAbort } from '$lib/storage/errors';

const world = useRelay();

const honest: Between = (request, relay) => relay(request);
const binary = (bytes: Uint8Array): Response =>
	new Response(bytes as Uint8Array<ArrayBuffer>, { headers: { 'content-type': 'application/octet-stream' } });

/** A relay that answers with this in place of what it would answer to a pull. */
const pulling =
	(change: (header: PullHeader, frames: readonly Uint8Array[]) => Uint8Array): Between =>
	async (request, relay) => {
		const answer = await relay(request);
		if (!request.url.endsWith('/pull') || answer.status !== 200) return answer;
		const { header, frames } = must(parsePull(new Uint8Array(await answer.arrayBuffer())), 'an answer');
		return binary(change(header, frames));
	};

/** The second answer about heads in these passes says nothing of any circle. */
function hidingOnce(): Between {
	let asked = 0;
	return async (request, relay) => {
		const answer = await relay(request);
		if (!request.url.endsWith('/heads') || (asked += 1) !== 2) return answer;
		const heads = must(parseHeads(new Uint8Array(await answer.arrayBuffer())), 'heads');
		return binary(encodeHeads({ ...heads, circles: [] }));
	};
}

async function two() {
	const [marta, unit] = [await world.party('person'), await world.party('unit')];
	await share(marta, unit);
	await settle([marta, unit]);
	return { marta, unit };
}

test.each([
	['the network fails', () => Promise.reject(new TypeError('no network'))],
	['the relay names none of them', () => Promise.resolve(Response.json({ results: [] }))]
])('frames of others that were being sent again when %s are sent again later', async (_, answer) => {
	const { marta, unit } = await two();
	const entries = Array.from({ length: 4 }, (_each, i) => weight(70 + i));
	await marta.record('weight', entries.slice(0, 1));
	await settle([marta, unit]);
	await world.backUp();
	for (const entry of entries.slice(1)) await unit.record('weight', [entry]);
	await settle([unit, marta]);
	await world.restore(false);
	marta.between = (request, relay) => (request.url.endsWith('/return') ? answer() : relay(request));
	marta.client.forgetHeads();
	expect(await marta.sync()).toBe('relay-went-back');
	marta.between = honest;
	marta.client = marta.newClient();
	marta.engine = marta.newEngine();
	await settle([marta]);
	expect(await world.count(marta, 'weight')).toBe(4);
	await expectAlike(
		[marta],
		entries.map(({ id }) => id)
	);
});

test('a book that an answer leaves out is asked for again, also when nothing moves', async () => {
	const { marta, unit } = await two();
	const entry = weight();
	await marta.record('weight', [entry]);
	await marta.sync();
	unit.between = pulling(() => encodePull({ more: false, ranges: [] }, []));
	await unit.sync();
	unit.between = honest;
	await expectAlike([unit], [entry.id]);
});

test('a frame that stands in the place of another, and once too often, is found out', async () => {
	const { marta, unit } = await two();
	const entries = [weight(70), weight(71)];
	for (const entry of entries) await marta.record('weight', [entry]);
	await marta.sync();
	unit.between = pulling((header, frames) => {
		const last = must(frames.at(-1), 'a frame');
		const ranges = header.ranges.map((range) => (range.count > 1 ? { ...range, count: 3 } : range));
		return encodePull({ ...header, ranges }, [last, last, last]);
	});
	await unit.sync();
	unit.between = honest;
	await settle([unit]);
	await expectAlike(
		[unit],
		entries.map(({ id }) => id)
	);
});

test('MR12: a relay that hides the circle just while it is looked at is found out by the next pass', async () => {
	const { unit } = await two();
	const entry = weight();
	await unit.record('weight', [entry]);
	unit.between = acknowledging(() => 9);
	expect(await unit.sync()).toBe('ok');
	unit.between = hidingOnce();
	unit.client.forgetHeads();
	await unit.sync();
	unit.between = honest;
	expect(await unit.sync()).toBe('relay-went-back');
	await expectAlike([unit], [entry.id]);
	expect(await world.count(unit, 'weight')).toBe(1);
});

test('D5: a copy of an own frame with a spoiled signature takes the place of nothing', async () => {
	const { marta } = await two();
	await world.backUp();
	const entries = [weight(70), weight(71), weight(72)];
	for (const entry of entries.slice(0, 2)) await marta.record('weight', [entry]);
	await marta.sync();
	marta.between = pulling((header, frames) => {
		const [first, ...rest] = frames.map((frame) => frame.slice());
		if (first && rest.length > 0) first[first.length - 1] = (first.at(-1) ?? 0) ^ 1;
		return encodePull(header, first ? [first, ...rest] : []);
	});
	await marta.sync();
	marta.between = honest;
	await world.restore(false);
	await settle([marta]);
	await marta.record('weight', entries.slice(2));
	await settle([marta]);
	await expectAlike(
		[marta],
		entries.map(({ id }) => id)
	);
	expect(await world.count(marta, 'weight')).toBe(3);
});

test('what was not taken in while the storage was gone is asked for again, also when nothing moves', async () => {
	const { marta, unit } = await two();
	const entry = weight();
	await unit.sync();
	await marta.record('weight', [entry]);
	await marta.sync();
	vi.spyOn(unit.store, 'readCircleRows').mockRejectedValueOnce(new StorageAbort({ type: 'storage-unavailable' }));
	expect(await unit.sync()).toBe('storage-unavailable');
	await expectAlike([unit], [entry.id]);
});

test('a circle in which somebody has erased themselves opens for whoever joins it', async () => {
	const [marta, sara, unit] = [await world.party('person'), await world.party('unit'), await world.party('unit')];
	await share(marta, sara);
	const entry = weight();
	await marta.record('weight', [entry]);
	await settle([marta, sara]);
	expect(await world.relay.store.eraseIdentity((await sara.device()).identity, Date.now())).toMatchObject({ ok: true });
	await settle([marta]);
	await marta.shareWith(unit, SHARED);
	expect(new Set(await settle([marta, unit]))).toEqual(new Set(['ok']));
	await expectAlike([marta, unit], [entry.id]);
});

test('a relay that stays behind is told of once, until it has been in order', async () => {
	const { marta, unit } = await two();
	await marta.record('weight', [weight()]);
	await settle([marta, unit]);
	const lowering: Between = async (request, relay) => {
		const answer = await relay(request);
		if (!request.url.endsWith('/heads')) return answer;
		const heads = must(parseHeads(new Uint8Array(await answer.arrayBuffer())), 'heads');
		return binary(encodeHeads({ ...heads, circles: heads.circles.map((circle) => ({ ...circle, manifest: 0 })) }));
	};
	unit.between = lowering;
	unit.client.forgetHeads();
	expect(await unit.sync()).toBe('relay-went-back');
	expect((await unit.store.readCare()).lost).toBeDefined();
	// Read, and put away.
	await unit.store.updateCare(({ lost: _, ...care }) => care);
	expect(await unit.sync()).toBe('relay-went-back');
	expect((await unit.store.readCare()).lost).toBeUndefined();
	unit.between = honest;
	expect(await unit.sync()).toBe('ok');
	unit.between = lowering;
	unit.client.forgetHeads();
	expect(await unit.sync()).toBe('relay-went-back');
	expect((await unit.store.readCare()).lost).toBeDefined();
});
