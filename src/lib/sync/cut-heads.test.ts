/** MR16, MM3: where somebody is cut who has written, and who has made up a place. */
import 'fake-indexeddb/auto';
import { expect, test } from 'vitest';
import { Party, weight } from '../../../tests/support/parties';
import { useRelay } from '../../../tests/support/restorable-relay';
import { must } from '$lib/domain/assert';
import { encodeBatch } from '$lib/protocol/entries';
import { sealFrame } from '$lib/protocol/frame';
import { idBytes } from '$lib/protocol/ids';
import { bookOfKind, writingEpoch } from './circle-access';
import { cutHeads } from './cut-heads';

const world = useRelay();

test('a frame without its chain is no head, however high its place', async () => {
	const [marta, sara] = [await Party.open(world.answering, 'person'), await Party.open(world.answering, 'unit')];
	await Promise.all([marta.turnOn(), sara.turnOn()]);
	await marta.sync();
	await sara.sync();
	await marta.shareWith(sara, [
		['weight', 'w'],
		['profile', 'r'],
		['log', 'w']
	]);
	await sara.sync();
	await sara.record('weight', [weight(71)]);
	const [honest] = await sara.record('weight', [weight(72)]);
	await sara.sync();
	await marta.sync();

	const access = await marta.access();
	const book = must(bookOfKind(access, 'weight'), 'a book');
	const device = await sara.device();
	const { epoch, key } = must(writingEpoch(await sara.access(), book), 'a right');
	const made = must(honest, 'a frame');
	const forged = sealFrame({
		type: 'batch',
		header: { ...made.header, seq: 1_000_000, prev: made.header.prev, epoch },
		plaintext: encodeBatch({ lamport: 9, seen: null, entries: [weight(99)] }),
		epochKey: key,
		signSecret: idBytes(device.sign),
		nonce: marta.random(24)
	});
	// What a relay in league with her would hand out.
	const head = await marta.store.head(access.chain.circle, book);
	await marta.store.putRemote({
		circle: access.chain.circle,
		book,
		frames: [{ frame: forged, pos: head.pos + 1, verified: true }],
		after: head.pos,
		pos: head.pos + 1,
		run: head.run,
		lamport: 9
	});
	expect(await cutHeads(marta.store, access, device.identity, book)).toEqual([
		{ device: device.device, seq: made.header.seq, hash: made.hash }
	]);
	expect(await cutHeads(marta.store, access, (await marta.device()).identity, book)).toEqual([]);
});
