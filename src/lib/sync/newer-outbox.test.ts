/** U2: after a rollback an older app finds in its outbox what a newer one has saved, and sends it as it stands. */
import 'fake-indexeddb/auto';
import { expect, test } from 'vitest';
import { Party, weight } from '../../../tests/support/parties';
import { raw } from '../../../tests/support/raw-rows';
import { useRelay } from '../../../tests/support/restorable-relay';
import { systemRandom } from '$lib/crypto/random';
import { must } from '$lib/domain/assert';
import { rawEntries } from '$lib/protocol/entries';
import { openFrame, sealFrame, SUITE, type Frame } from '$lib/protocol/frame';
import { idBytes } from '$lib/protocol/ids';
import { toRow } from '$lib/storage/database';
import { bookOfKind, epochKey } from './circle-access';
import { OpenBook } from './open-book';
import { writeContext } from './write-context';

const world = useRelay();

async function personAndUnit(): Promise<readonly [Party, Party]> {
	const [person, unit] = [await Party.open(world.answering, 'person'), await Party.open(world.answering, 'unit')];
	for (const party of [person, unit]) {
		await party.turnOn();
		expect(await party.sync()).toBe('ok');
	}
	await person.shareWith(unit, [
		['weight', 'w'],
		['profile', 'r'],
		['log', 'w']
	]);
	for (const party of [person, unit]) expect(await party.sync()).toBe('ok');
	return [person, unit];
}

const foreign = { kind: 'dream.add', v: 7, id: 'AAAAAAAAAAAAAAAAAAAAAA', deep: [1, { a: 2 }] };

async function weights(party: Party) {
	const access = await party.access();
	const book = must(bookOfKind(access, 'weight'), 'a book');
	return { access, book };
}

const entriesOf = (frame: Frame, key: Uint8Array) => {
	const plaintext = openFrame(frame, key);
	return (plaintext && rawEntries(plaintext)) ?? [];
};

/** A save as a newer app makes it: with an entry of a kind that is unknown here. */
async function saveAsNewer(party: Party): Promise<string> {
	const known = weight(71);
	await party.record('weight', [known]);
	const { access, book } = await weights(party);
	const key = must(epochKey(access, book, 1), 'the key');
	const context = writeContext(access, await party.device(), null);
	const saved = await party.store.reseal(context, book, null, (frame) => ({
		type: 'batch',
		entries: [...entriesOf(frame, key), foreign]
	}));
	expect(saved.ok).toBe(true);
	return known.id;
}

/** What somebody has of the weights: what counts, and how many entries only a newer app can read. */
async function seen(party: Party): Promise<readonly [readonly string[], number]> {
	const { access, book } = await weights(party);
	const { stated, unknownEntries } = await OpenBook.open(party.store, access, book, 'weight');
	return [stated.map(({ entry }) => entry.id), unknownEntries];
}

test('U2: entries of a newer app are sent by an older one and kept by all', async () => {
	const [person, unit] = await personAndUnit();
	const id = await saveAsNewer(person);
	for (const party of [person, unit]) expect(await party.sync()).toBe('ok');
	expect(await person.waiting()).toBe(0);
	for (const party of [person, unit]) expect(await seen(party)).toEqual([[id], 1]);
});

test('U2: and under a new key, when the book was given one meanwhile', async () => {
	const [person, unit] = await personAndUnit();
	const id = await saveAsNewer(person);
	await unit.renewKey('weight');
	for (const party of [person, unit, person]) expect(await party.sync()).toBe('ok');
	expect(await person.waiting()).toBe(0);
	for (const party of [person, unit]) expect(await seen(party)).toEqual([[id], 1]);
	const { access, book } = await weights(person);
	const [frame] = (await person.store.frames(access.chain.circle, book)).map((stored) => stored.frame);
	expect(frame?.header.epoch).toBe(2);
	expect(entriesOf(must(frame, 'one'), must(epochKey(access, book, 2), 'the key')).at(-1)).toEqual(foreign);
});

test('U2: a frame of a suite that is unknown here is sent as the bytes it is, and what comes after it too', async () => {
	const [person, unit] = await personAndUnit();
	const { access, book } = await weights(person);
	const device = await person.device();
	const head = await person.store.head(access.chain.circle, book);
	const frame = sealFrame({
		type: 'batch',
		header: {
			...{ circle: access.chain.circle, book, epoch: 1, device: device.device, seq: head.seq + 1, prev: head.hash },
			...{ manifest: access.chain.head.hash, suite: SUITE + 1 }
		},
		plaintext: systemRandom(300),
		epochKey: systemRandom(32),
		signSecret: idBytes(device.sign),
		nonce: systemRandom(24)
	});
	await raw(person.space, async (database) => {
		await database.frames.put(toRow(frame, 0, true, head.arrivals + 1));
		await database.outbox.put({ circle: head.circle, book, seq: frame.header.seq, hash: frame.hash, sent: [] });
		await database.heads.put({ ...head, seq: frame.header.seq, hash: frame.hash, arrivals: head.arrivals + 1 });
	});
	const after = weight(72);
	await person.record('weight', [after]);
	for (const party of [person, unit]) expect(await party.sync()).toBe('ok');
	expect(await person.waiting()).toBe(0);
	const there = (await unit.store.frames(access.chain.circle, book)).map((stored) => stored.frame.hash);
	expect(there).toContain(frame.hash);
	expect(await seen(unit)).toEqual([[after.id], 0]);
});
