import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parsePull } from '$lib/protocol/api/frames';
import { parseHeads } from '$lib/protocol/api/heads';
import { openTemporaryStore } from '../support/relay-files';
import {
	bodyBytes,
	bookAt,
	call,
	createCircle,
	createSomeone,
	createWriter,
	firstDevice,
	join,
	nextFrame,
	postCircle,
	pull,
	push,
	startTestRelay,
	type TestRelay
} from '../support/relay-world';

let relay: TestRelay;
let remove: () => void;

beforeEach(async () => {
	const temporary = await openTemporaryStore();
	relay = startTestRelay(temporary.store);
	remove = temporary.remove;
});

afterEach(async () => {
	await relay.close();
	remove();
});

describe('the whole line', () => {
	test('what is pushed comes back in order, and heads say where it stands', async () => {
		const owner = createSomeone();
		const token = await join(relay, owner);
		const circle = createCircle(owner);
		expect((await postCircle(relay, circle, token)).status).toBe(204);
		const writer = createWriter(circle, bookAt(circle), firstDevice(owner));
		const frames = [nextFrame(writer), nextFrame(writer)];
		const pushed = await push(relay, frames, token);
		expect(pushed.status).toBe(200);
		expect(await pushed.json()).toEqual({
			results: frames.map((frame, index) => ({
				book: frame.header.book,
				device: frame.header.device,
				seq: index + 1,
				pos: index + 1
			}))
		});
		const pulled = parsePull(
			await bodyBytes(await pull(relay, [{ circle: circle.id, book: bookAt(circle).id, after: 0 }], token))
		);
		expect(pulled?.frames.map((bytes) => [...bytes])).toEqual(frames.map((frame) => [...frame.bytes]));
		const heads = parseHeads(await bodyBytes(await call(relay, 'heads', { token })));
		expect(heads?.circles[0]?.books.find((book) => book.book === bookAt(circle).id)?.pos).toBe(2);
	});
});
