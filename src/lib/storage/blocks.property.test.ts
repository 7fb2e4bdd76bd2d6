/**
 * Frames in blocks and by themselves are one book: whatever came in whatever portions, was shown twice or was read back to an
 * earlier place, each frame is there once, in the order it first came, and at the place the relay last showed it.
 */
import 'fake-indexeddb/auto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
	deviceOf,
	entryId,
	newPerson,
	seededRandom,
	TestCircle,
	TestWriter,
	weightEntry
} from '../../../tests/support/people';
import { raw } from '../../../tests/support/raw-rows';
import { systemRandom } from '$lib/crypto/random';
import { EMPTY_RUN, nextRun } from '$lib/protocol/api/heads';
import type { Frame } from '$lib/protocol/frame';
import { LocalStore } from './local-store';
import { localStorageMarkers } from './markers';

const random = seededRandom('blocks');
const circle = new TestCircle(newPerson(random), ['weight'], random);
const book = circle.book().id;
/** Frames are slow to make: what two devices have written, in turns. */
const written: readonly Frame[] = (() => {
	const writers = [1, 2].map(() => new TestWriter(circle, circle.book(), deviceOf(newPerson(random))));
	return Array.from({ length: 200 }, (_, n) =>
		(writers[n % 2] as TestWriter).write([weightEntry(entryId(random), 60 + (n % 30))])
	);
})();

const step = fc.oneof(
	fc.record({ do: fc.constant('pull' as const), count: fc.integer({ min: 1, max: 40 }), verified: fc.boolean() }),
	fc.record({ do: fc.constant('again' as const), count: fc.integer({ min: 1, max: 20 }), verified: fc.constant(true) }),
	fc.record({ do: fc.constant('rewind' as const), count: fc.nat(60), verified: fc.constant(true) })
);

let spaces = 0;

test('each frame once, in the order it came, at its place', { timeout: 120_000 }, async () => {
	const seen = { blocks: 0, rows: 0, apart: 0, again: 0 };
	await fc.assert(
		fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 8 }), async (steps) => {
			const space = `demo-blocks-${(spaces += 1)}` as const;
			const opened = await LocalStore.open(space, { random: systemRandom, markers: localStorageMarkers(null) });
			if (!opened.ok) throw new Error(opened.error.type);
			const store = opened.value;
			/** What the relay shows, place by place, and what has come here, by arrival. */
			const shown: Frame[] = [];
			const come: Frame[] = [];
			const placed = new Map<string, number>();
			let at = 0;
			for (const { do: act, count, verified } of steps) {
				if (act === 'rewind') {
					const to = Math.max(0, at - count);
					seen.apart += await raw(space, (database) => database.blocks.count());
					const place = await store.places.placeAt(circle.id, book, to);
					// What was shown twice has one place alone: then there is none to go back to but the start.
					expect([0, to]).toContain(place.pos);
					expect((await store.places.rewind(circle.id, book, place)).ok).toBe(true);
					seen.apart -= await raw(space, (database) => database.blocks.count());
					at = place.pos;
					for (const [hash, pos] of placed) if (pos > at) placed.set(hash, 0);
					if (place.pos > 0) expect(place.run).toEqual(runOf(shown.slice(0, at)));
					continue;
				}
				const next = act === 'pull' ? written.slice(come.length, come.length + count) : come.slice(0, count);
				const ahead = shown.slice(at, at + count);
				const frames = ahead.length > 0 ? ahead : next;
				if (frames.length === 0) continue;
				if (ahead.length === 0) shown.push(...frames);
				if (ahead.length === 0 && act === 'again') seen.again += frames.length;
				const pulled = frames.map((frame, index) => ({ frame, pos: at + index + 1, verified }));
				const pos = at + frames.length;
				const put = await store.putRemote({
					...{ circle: circle.id, book, frames: pulled, after: at, pos, run: runOf(shown.slice(0, pos)), lamport: 1 }
				});
				expect(put.ok).toBe(true);
				for (const { frame, pos: place } of pulled) {
					if (!placed.has(frame.hash)) come.push(frame);
					placed.set(frame.hash, place);
				}
				at = pos;
			}
			const hashes = come.map(({ hash }) => hash);
			const found = [];
			for (let from = 0, isAll = false; !isAll;) {
				const { head, frames, upTo } = await store.framesAfter(circle.id, book, from);
				found.push(...frames);
				isAll = upTo === head.arrivals;
				from = upTo;
			}
			expect(found.map(({ frame }) => frame.hash)).toEqual(hashes);
			expect(found.map(({ arrival }) => arrival)).toEqual(hashes.map((_, index) => index + 1));
			const middle = Math.floor(hashes.length / 2);
			const [after] = (await store.framesAfter(circle.id, book, middle)).frames;
			expect(after?.frame.hash).toBe(hashes[middle]);
			const all = await store.frames(circle.id, book);
			expect(all.map(({ frame }) => frame.hash).sort()).toEqual([...hashes].sort());
			expect(new Set(all.map(({ frame, pos }) => `${frame.hash} ${pos > 0}`))).toEqual(
				new Set([...placed].map(([hash, pos]) => `${hash} ${pos > 0}`))
			);
			// A frame that lies by itself brings along no bytes of those it came with.
			for (const { bytes } of await raw(space, (database) => database.frames.toArray()))
				expect(bytes.buffer.byteLength).toBe(bytes.length);
			seen.blocks += await raw(space, (database) => database.blocks.count());
			seen.rows += await raw(space, (database) => database.frames.count());
			store.close();
		}),
		{ numRuns: 200, seed: 20_261_126 }
	);
	expect(Math.min(...Object.values(seen))).toBeGreaterThan(50);
});

const runOf = (frames: readonly Frame[]): Uint8Array =>
	frames.reduce<Uint8Array>((run, { hash }) => nextRun(run, hash), EMPTY_RUN);
