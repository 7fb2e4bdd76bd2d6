/** What a relay restored from a backup has lost: who may bring which frames back (docs/protocol.md 11). */
import { afterEach, beforeEach, describe, expect, inject, test } from 'vitest';
import { createPostgresPlace, createSqlitePlace, type StorePlace } from '../support/relay-files';
import {
	bringBack,
	join,
	postCircle,
	postManifest,
	push,
	startTestRelay,
	type TestRelay
} from '../support/relay-calls';
import {
	bookAt,
	createCircle,
	createSomeone,
	createWriter,
	firstDevice,
	nextFrame,
	nextManifest,
	withMember,
	withNewEpoch,
	withoutMember,
	type Circle,
	type Someone
} from '../support/relay-world';

const places: readonly (readonly [string, () => Promise<StorePlace>])[] = [
	['SQLite', () => Promise.resolve(createSqlitePlace())],
	['PostgreSQL', () => createPostgresPlace(inject('postgresUrl'))]
];

describe.each(places)('frames brought back on %s', (_name, createPlace) => {
	let place: StorePlace;
	let relay: TestRelay;
	let owner: Someone;
	let relative: Someone;
	let circle: Circle;
	const tokens = new Map<Someone, string>();
	const tokenOf = (someone: Someone): string => tokens.get(someone) ?? '';

	/** A circle whose relative has written two frames, that is, whose relay has lost them since. */
	beforeEach(async () => {
		place = await createPlace();
		relay = startTestRelay(await place.open());
		[owner, relative] = [createSomeone(), createSomeone()];
		for (const each of [owner, relative]) tokens.set(each, await join(relay, each));
		circle = createCircle(owner);
		await postCircle(relay, circle, tokenOf(owner));
		await record(nextManifest(circle, withMember(relative, 'relative', [[bookAt(circle), 'w']])));
	});

	afterEach(async () => {
		await relay.close();
		await place.remove();
	});

	async function record(manifest: ReturnType<typeof nextManifest>): Promise<void> {
		expect((await postManifest(relay, circle, manifest, tokenOf(owner))).status).toBe(204);
	}

	const code = async (answer: Response): Promise<string | number> =>
		answer.status < 400 ? answer.status : ((await answer.json()) as { error: string }).error;

	const lostFramesOf = (someone: Someone) => {
		const writer = createWriter(circle, bookAt(circle), firstDevice(someone));
		return [nextFrame(writer), nextFrame(writer)];
	};

	test('of a passed epoch: their author and whoever runs the circle may, by this road alone', async () => {
		const [theirs, own] = [lostFramesOf(relative), lostFramesOf(owner)];
		await record(nextManifest(circle, withNewEpoch(circle, bookAt(circle))));
		expect(await code(await push(relay, theirs, tokenOf(relative)))).toBe('stale-epoch');
		expect(await code(await bringBack(relay, own, tokenOf(relative)))).toBe('stale-epoch');
		expect(await code(await bringBack(relay, theirs.slice(0, 1), tokenOf(relative)))).toBe(200);
		expect(await code(await bringBack(relay, theirs, tokenOf(owner)))).toBe(200);
		expect(await code(await bringBack(relay, own, tokenOf(owner)))).toBe(200);
	});

	test('of a member who is out: whoever runs the circle may, and nobody else', async () => {
		const theirs = lostFramesOf(relative);
		const viewer = createSomeone();
		tokens.set(viewer, await join(relay, viewer));
		await record(nextManifest(circle, withMember(viewer, 'viewer', [[bookAt(circle), 'r']])));
		await record(nextManifest(circle, withoutMember(circle, relative)));
		tokens.set(relative, await join(relay, relative));
		for (const who of [viewer, relative])
			expect(await code(await bringBack(relay, theirs, tokenOf(who)))).toBe('not-found');
		expect(await code(await bringBack(relay, theirs, tokenOf(owner)))).toBe(200);
	});

	test('a gap, an epoch that is not yet, a forged signature and a stranger are refused as ever', async () => {
		const [first, second] = lostFramesOf(owner);
		if (!first || !second) throw new Error('two frames were made');
		expect(await code(await bringBack(relay, [second], tokenOf(owner)))).toBe('conflict');
		const ahead = nextFrame(createWriter(circle, bookAt(circle), firstDevice(owner)), 'en rad', { epoch: 2 });
		expect(await code(await bringBack(relay, [ahead], tokenOf(owner)))).toBe('stale-epoch');
		const forged = {
			...first,
			bytes: first.bytes.map((byte, at) => (at === first.bytes.length - 1 ? byte ^ 1 : byte))
		};
		expect(await code(await bringBack(relay, [forged], tokenOf(owner)))).toBe('malformed');
		const stranger = createSomeone();
		expect(await code(await bringBack(relay, [first], await join(relay, stranger)))).toBe('not-found');
		expect(await code(await bringBack(relay, [first, second], tokenOf(owner)))).toBe(200);
		expect(await code(await bringBack(relay, [first, second], tokenOf(owner)))).toBe(200);
	});
});
