/** ARCHITECTURE 1.3 and 1.7: whatever people write, the relay's database and log hold none of it, in any spelling. */
import { readFileSync, readdirSync } from 'node:fs';
import { join as joinPath } from 'node:path';
import { expect, test } from 'vitest';
import { toBase64url } from '$lib/crypto/bytes';
import { systemRandom } from '$lib/crypto/random';
import { createLog } from '$lib/server/log';
import { createSqlitePlace } from '../support/relay-files';
import { call, join, postCircle, postManifest, pull, push, readEvents, startTestRelay } from '../support/relay-calls';
import {
	bookAt,
	createCircle,
	createSomeone,
	createWriter,
	envelopeTo,
	firstDevice,
	nextFrame,
	nextManifest,
	withMember,
	withNewEpoch
} from '../support/relay-world';

const PLANTED = ['Blåbärspaj Kvarnholmen', 'Zinkspiken Ödla 7731', 'andfådd-i-trappan-9042'] as const;

test('L1: planted words are found in no byte of the database, nor in any line of the log', async () => {
	const place = createSqlitePlace();
	const lines: string[] = [];
	const log = createLog('trace', { write: (line: string) => void lines.push(line) });
	const relay = startTestRelay(await place.open(), { log });
	const [owner, relative] = [createSomeone(), createSomeone()];
	const [mine, theirs] = [await join(relay, owner), await join(relay, relative)];
	const circle = createCircle(owner, { names: PLANTED[0] });
	await postCircle(relay, circle, mine, [await envelopeTo(circle, owner)]);
	const rights = circle.books.map((book) => [book, 'w'] as const);
	await postManifest(relay, circle, nextManifest(circle, withMember(relative, 'relative', rights)), mine, [
		await envelopeTo(circle, relative)
	]);
	const events = readEvents(await call(relay, 'events', { token: theirs }));
	const writers = [owner, relative].map((someone) => createWriter(circle, bookAt(circle), firstDevice(someone)));
	for (const writer of writers) {
		const frames = PLANTED.map((word) => nextFrame(writer, word));
		expect((await push(relay, frames, writer === writers[0] ? mine : theirs)).status).toBe(200);
	}
	await postManifest(relay, circle, nextManifest(circle, withNewEpoch(circle, bookAt(circle))), mine);
	await pull(relay, [{ circle: circle.id, book: bookAt(circle).id, after: 0 }], theirs);
	// What a careless or hostile client might send: words where ids and bodies belong.
	const word = encodeURIComponent(PLANTED[1]);
	await call(relay, `circles/${word}/manifest?from=${word}`, { token: mine });
	await call(relay, `${word}`, { token: word.replaceAll('%', '') });
	await call(relay, 'pull', { token: mine, json: { ranges: PLANTED } });
	await call(relay, `recovery/${toBase64url(systemRandom(16))}?q=${word}`);
	await events.stop();

	const files = readdirSync(place.folder).map((name) => readFileSync(joinPath(place.folder, name)));
	expect(files.length).toBeGreaterThan(1); // The write-ahead log is there too.
	await relay.close();
	const all = Buffer.concat([
		...files,
		...readdirSync(place.folder).map((name) => readFileSync(joinPath(place.folder, name)))
	]);
	const logged = Buffer.from(lines.join(''));
	expect(lines.length).toBeGreaterThan(15);
	for (const planted of PLANTED)
		for (const spelling of spellings(planted)) {
			expect(all.includes(spelling)).toBe(false);
			expect(logged.includes(spelling)).toBe(false);
		}
	for (const id of [circle.id, owner.identity.id, relative.identity.id, firstDevice(owner).id, mine, theirs]) {
		expect(logged.includes(id)).toBe(false);
	}
	await place.remove();
});

/** A word as bytes: UTF-8, UTF-16 both ways, hex, percent, and base64 at each of its three alignments. */
function spellings(word: string): Buffer[] {
	const plain = Buffer.from(word);
	const utf16 = Buffer.from(word, 'utf16le');
	const hex = plain.toString('hex');
	const base64 = [0, 1, 2].flatMap((shift) => {
		const text = Buffer.concat([Buffer.alloc(shift), plain])
			.toString('base64')
			.replace(/=+$/, '');
		const inner = text.slice(shift === 0 ? 0 : 4, -4);
		return [inner, inner.replaceAll('+', '-').replaceAll('/', '_')];
	});
	return [
		plain,
		utf16,
		Buffer.from(utf16).swap16(),
		...[hex, hex.toUpperCase(), encodeURIComponent(word), ...base64].map((text) => Buffer.from(text))
	];
}
