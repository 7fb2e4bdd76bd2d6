/** R5: the same requests, answered by SQLite and by PostgreSQL, are the same bytes. */
import fc from 'fast-check';
import { expect, inject, test } from 'vitest';
import { hkdf } from '@noble/hashes/hkdf.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { toBase64url, utf8, type RandomBytes } from '$lib/crypto/bytes';
import { createPostgresPlace, createSqlitePlace } from '../support/relay-files';
import { call, login, register, startTestRelay, type Call, type TestRelay } from '../support/relay-calls';
import { joinFrames } from '$lib/protocol/api/frames';
import { signErasure } from '$lib/protocol/erasure';
import {
	bookAt,
	createCircle,
	createSomeone,
	createWriter,
	firstDevice,
	frameAfter,
	headOf,
	nextFrame,
	nextManifest,
	proposeManifest,
	withMember,
	withNewEpoch,
	withoutMember,
	envelopeTo,
	type Circle,
	type Someone,
	type Writer
} from '../support/relay-world';

/** The same bytes on both sides: tokens and challenges are equal too. */
function createSeededRandom(seed: string): RandomBytes {
	let count = 0;
	return (length) => hkdf(sha256, utf8(seed), undefined, utf8(String((count += 1))), length);
}

test('random histories end in the same answers', { timeout: 240_000 }, async () => {
	const places = [createSqlitePlace(), await createPostgresPlace(inject('postgresUrl'))];
	const relays: TestRelay[] = [];
	for (const place of places) relays.push(startTestRelay(await place.open(), { random: createSeededRandom('relay') }));

	/** Sends to both; answers the status when they agree to the byte. */
	const both = async (path: string, request: Call = {}): Promise<number> => {
		const answers = await Promise.all(
			relays.map(async (relay) => {
				const response = await call(relay, path, request);
				return [
					response.status,
					response.headers.get('etag'),
					toBase64url(new Uint8Array(await response.arrayBuffer()))
				] as const;
			})
		);
		// Incarnations differ, as they must; they stand first in heads only.
		const comparable = answers.map(([status, etag, body]) =>
			path === 'heads' ? [status, body.slice(24)] : [status, etag, body]
		);
		expect(comparable[1]).toEqual(comparable[0]);
		return answers[0]?.[0] ?? 0;
	};

	const people: { someone: Someone; token: string }[] = [];
	for (let count = 0; count < 3; count += 1) {
		const someone = createSomeone();
		for (const relay of relays) await register(relay, someone);
		const tokens = [];
		for (const relay of relays) tokens.push(await login(relay, someone));
		expect(tokens[1]).toBe(tokens[0]);
		people.push({ someone, token: tokens[0] ?? '' });
	}
	const [owner, relative, stranger] = people;
	if (!owner || !relative || !stranger) throw new Error('three people were made');
	let circle: Circle = createCircle(owner.someone);
	let writers: Writer[] = [];
	const restart = async () => {
		circle = createCircle(owner.someone);
		writers = [owner, relative].flatMap(({ someone }) =>
			circle.books.map((book) => createWriter(circle, book, firstDevice(someone)))
		);
		await both('circles', {
			token: owner.token,
			json: { manifests: [toBase64url(headOf(circle).bytes)], envelopes: [] }
		});
	};
	await restart();

	const isIn = () => headOf(circle).body.members.length > 1;
	const manifest = (change: Parameters<typeof nextManifest>[1]) =>
		both(`circles/${circle.id}/manifest`, {
			token: owner.token,
			json: { manifest: toBase64url(nextManifest(circle, change).bytes), envelopes: [] }
		});
	const relogin = async () => {
		for (const person of people) {
			const tokens = [];
			for (const relay of relays) tokens.push(await login(relay, person.someone));
			person.token = tokens[0] ?? '';
		}
	};
	const pick = <T>(items: readonly T[], n: number): T => items[n % items.length] as T;

	const steps: readonly ((n: number) => Promise<unknown>)[] = [
		// Frames, mostly in step; a refused one stays the writer's next.
		async (n) => {
			const writer = pick(writers, n);
			const frame = frameAfter(writer);
			const who = writer.device === firstDevice(owner.someone) ? owner : relative;
			if ((await both('push', { token: who.token, bytes: joinFrames([frame.bytes]) })) === 200)
				Object.assign(writer, { seq: writer.seq + 1, prev: frame.hash });
		},
		async (n) => {
			const writer = { ...pick(writers, n), ...(n % 3 === 0 ? { seq: n % 5 } : {}) };
			await both('push', {
				token: pick(people, n).token,
				bytes: joinFrames([nextFrame(writer), nextFrame(writer)].map((frame) => frame.bytes))
			});
		},
		(n) =>
			both('push', {
				token: owner.token,
				bytes: joinFrames([frameAfter(pick(writers, n), 'x', { epoch: 1 + (n % 3) }).bytes])
			}),
		(n) => both('heads', { token: pick(people, n).token }),
		(n) =>
			both('pull', {
				token: pick(people, n).token,
				json: { ranges: circle.books.map((book) => ({ circle: circle.id, book: book.id, after: n % 4 })) }
			}),
		(n) => both(`circles/${circle.id}/manifest?from=${n % 4}`, { token: pick(people, n).token }),
		(n) => both(`circles/${circle.id}/envelopes`, { token: pick(people, n).token }),
		async (n) => {
			const envelopes = [await envelopeTo(circle, pick(people, n).someone, [bookAt(circle, n % 2)])];
			await both(`circles/${circle.id}/envelopes`, { method: 'PUT', token: owner.token, json: { envelopes } });
		},
		async (n) => {
			if (!isIn())
				await manifest(
					withMember(
						relative.someone,
						'relative',
						circle.books.map((book) => [book, n % 2 ? 'w' : 'r'] as const)
					)
				);
			else if (n % 3 === 0) {
				await manifest(withoutMember(circle, relative.someone));
				await relogin();
			}
		},
		(n) => (n % 2 ? manifest(withNewEpoch(circle, bookAt(circle, n % 2))) : Promise.resolve()),
		(n) => {
			const record = proposeManifest(circle, (head) => ({ n: head.n + (n % 3) }), pick(people, n).someone);
			return record.body.n === headOf(circle).body.n + 1
				? Promise.resolve()
				: both(`circles/${circle.id}/manifest`, {
						token: owner.token,
						json: { manifest: toBase64url(record.bytes), envelopes: [] }
					});
		},
		(n) => both(`circles/${circle.id}/leave`, { method: 'POST', token: pick([relative, stranger], n).token }),
		(n) => both(`circles/${circle.id}/erasure`, { token: pick(people, n).token }),
		(n) => {
			const { someone, token } = pick(people, n);
			const body = {
				v: 1 as const,
				circle: circle.id,
				by: { identity: someone.identity.id, device: firstDevice(someone).id },
				at: n,
				log: []
			};
			const erasure = toBase64url(signErasure(body, firstDevice(someone).sign.secret).bytes);
			return both(`circles/${circle.id}/erasure`, { method: 'PUT', token, json: { erasure } });
		},
		(n) => both(`identities/${owner.someone.identity.id}`, { method: 'DELETE', token: pick(people, n).token }),
		(n) =>
			both(`invites/${toBase64url(sha256(utf8(String(n % 5))))}/accept`, {
				token: pick(people, n).token,
				json: { circle: circle.id }
			}),
		(n) =>
			both(`recovery/${toBase64url(sha256(utf8(String(n % 3))).slice(0, 16))}`, {
				method: 'PUT',
				token: pick(people, n).token,
				json: { kind: 'box', gen: n % 4, ct: toBase64url(utf8(String(n % 7))) }
			}),
		(n) => both(`recovery/${toBase64url(sha256(utf8(String(n % 3))).slice(0, 16))}`),
		async (n) => {
			if (n % 7 !== 0) return;
			await both(`circles/${circle.id}`, { method: 'DELETE', token: pick(people, n).token });
			await restart();
		}
	];
	await fc.assert(
		fc.asyncProperty(
			fc.array(fc.tuple(fc.nat(steps.length - 1), fc.nat(99)), { minLength: 10, maxLength: 10, size: 'max' }),
			async (history) => {
				for (const [step, n] of history) await pick(steps, step)(n);
			}
		),
		{ numRuns: 60, endOnFailure: true }
	);
	for (const relay of relays) await relay.close();
	for (const place of places) await place.remove();
});
