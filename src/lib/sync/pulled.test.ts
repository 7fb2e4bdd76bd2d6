/** What a relay hands out is taken only when it was signed: the newest of a chain, and with it all it names. */
import { describe, expect, test } from 'vitest';
import {
	addDevice,
	deviceOf,
	entryId,
	newPerson,
	seededRandom,
	TestCircle,
	TestWriter,
	weightEntry
} from '../../../tests/support/people';
import { SIGNATURE_LENGTH } from '$lib/crypto/signing';
import { must } from '$lib/domain/assert';
import type { CircleAccess } from './circle-access';
import { parsePulled, readPulled } from './pulled';

const random = seededRandom('pulled');
const marta = newPerson(random);
const second = addDevice(marta, random);
const stranger = newPerson(random);
const circle = new TestCircle(marta, ['weight', 'profile'], random);
const access = { identities: new Map([[marta.identity.id, marta.identity]]) } as unknown as CircleAccess;

const chainOf = (count: number, device = deviceOf(marta)) => {
	const writer = new TestWriter(circle, circle.book(), device);
	return Array.from({ length: count }, () => writer.write([weightEntry(entryId(random))]));
};
const read = (answer: readonly Uint8Array[]) =>
	readPulled(
		parsePulled(answer),
		{ circle: circle.id, book: circle.book().id, after: 0, count: answer.length },
		access
	);
const flipped = (bytes: Uint8Array, at: number) => {
	const copy = bytes.slice();
	copy[at] = (copy[at] ?? 0) ^ 1;
	return copy;
};
const bytesOf = (frames: readonly { bytes: Uint8Array }[]) => frames.map(({ bytes }) => bytes);

describe('frames from the relay', () => {
	test('two chains through each other are taken, in the order they came', () => {
		const [mine, other] = [chainOf(3), chainOf(2, second)];
		const mixed = bytesOf([mine[0], other[0], mine[1], other[1], mine[2]].flatMap((frame) => frame ?? []));
		expect(read(mixed)?.map(({ frame, verified }) => [frame.bytes, verified])).toEqual(
			mixed.map((bytes) => [bytes, true])
		);
	});

	test('one whose newest signature fails is refused whole, and so is a frame nothing names', () => {
		const frames = bytesOf(chainOf(3));
		const last = frames[2] as Uint8Array;
		expect(read([...frames.slice(0, 2), flipped(last, last.length - 1)])).toBeNull();
		const [alone] = bytesOf(chainOf(1));
		expect(read([...frames, flipped(alone as Uint8Array, (alone as Uint8Array).length - 1)])).toBeNull();
	});

	test('a byte that the signature was over is another frame: nobody has named it', () => {
		const frames = bytesOf(chainOf(3));
		const first = frames[0] as Uint8Array;
		expect(read([flipped(first, first.length - SIGNATURE_LENGTH - 1), ...frames.slice(1)])).toBeNull();
	});

	test('a chain names its own device’s frames alone', () => {
		const [theirs] = chainOf(1, deviceOf(stranger));
		const mine = new TestWriter(circle, circle.book(), deviceOf(marta));
		[mine.seq, mine.prev] = [1, must(theirs, 'one').hash];
		const answer = bytesOf([theirs, mine.write([weightEntry(entryId(random))])].flatMap((frame) => frame ?? []));
		expect(read(answer)?.map(({ verified }) => verified)).toEqual([false, true]);
	});
});
