/** L3, A5: the code on paper brings everything back on a clean device, through the real relay and past relays that lie. */
import 'fake-indexeddb/auto';
import { describe, expect, test } from 'vitest';
import { Party, receipt, weight, type Between } from '../../../tests/support/parties';
import { START } from '../../../tests/support/relay-world';
import { useRelay } from '../../../tests/support/restorable-relay';
import { createBoxKey } from '$lib/crypto/boxes';
import { concat, toBase64url } from '$lib/crypto/bytes';
import { systemRandom } from '$lib/crypto/random';
import {
	createRecoveryCode,
	recoveryBoxKey,
	recoveryLookupId,
	recoveryProof,
	type RecoveryCode
} from '$lib/crypto/recovery-code';
import { createSigningKey } from '$lib/crypto/signing';
import { must } from '$lib/domain/assert';
import type { RecoveryFile } from '$lib/protocol/api/recovery';
import { idBytes, type IdentityId } from '$lib/protocol/ids';
import { createDevice } from './create';
import { boxContent, sealRecoveryFile, withRecovery } from './recovery';
import { findIdentity, isUnannounced, recoveredDevice } from './restore';

const world = useRelay();

const pathOf = (request: Request) => new URL(request.url).pathname.replace('/api/v1/', '');
const json = (value: unknown, status = 200) =>
	new Response(JSON.stringify(value), { status, headers: { 'content-type': 'application/json' } });
const deps = { random: systemRandom, now: () => START, space: 'demo-restored' as const };

/** A person with a code, readings at the relay, and a unit that sees the weight. */
async function marta() {
	const person = await Party.open(world.answering, 'person');
	const unit = await Party.open(world.answering, 'unit');
	const entries = [weight(71), weight(72), weight(73)];
	for (const entry of entries) await person.record('weight', [entry]);
	const code = await person.writeCode();
	await unit.turnOn();
	expect([await person.sync(), await unit.sync()]).toEqual(['ok', 'ok']);
	await person.shareWith(unit, [
		['weight', 'r'],
		['profile', 'r'],
		['log', 'w']
	]);
	expect([await person.sync(), await unit.sync()]).toEqual(['ok', 'ok']);
	return { person, unit, code, ids: entries.map((entry) => entry.id) };
}

/** What the code finds from a clean device, or the name of why not. */
async function find(code: RecoveryCode, between?: Between) {
	const party = await Party.empty(world.answering);
	if (between) party.between = between;
	const found = await findIdentity(party.client, code, party.space);
	return { party, found, why: found.ok ? 'found' : found.error.type };
}

/** A clean device with the recovered keys stored and nothing sent yet. */
async function arrive(code: RecoveryCode): Promise<Party> {
	const { party, found } = await find(code);
	if (!found.ok) throw new Error(found.error.type);
	await party.store.createDevice(await recoveredDevice(found.value, deps), null);
	return party;
}

/** Passes until nothing more is asked for. */
async function settle(...parties: readonly Party[]): Promise<void> {
	for (let round = 0; round < 3; round += 1) for (const party of parties) expect(await party.sync()).toBe('ok');
}

describe('a lost device', () => {
	test('A5: identity, circle, keys and every reading are back, and the person goes on writing', async () => {
		const { unit, code, ids } = await marta();
		const again = await arrive(code);
		await settle(again);
		expect((await again.access()).keys.standing).toBe('mine');
		expect(await again.entries('weight')).toEqual(ids);
		const next = weight(74);
		await again.record('weight', [next]);
		await settle(again, unit);
		expect(await unit.entries('weight')).toEqual([...ids, next.id]);
		const answer = receipt();
		await unit.record('log', [answer]);
		await settle(unit, again);
		expect(await again.entries('log')).toEqual([answer.id]);
	});

	test('A5: the old device is dead: refused by the relay, and what it still writes counts nowhere', async () => {
		const { person, unit, code, ids } = await marta();
		const again = await arrive(code);
		await settle(again, unit);
		const stolen = await person.record('weight', [weight(10)]);
		expect(await person.sync()).not.toBe('ok');
		// A relay that helps the thief hands the frame out all the same.
		const access = await again.access();
		const { store } = again;
		const book = must(stolen[0], 'a frame').header.book;
		const head = await store.head(access.chain.circle, book);
		await store.putRemote({
			...{ circle: access.chain.circle, book, after: head.pos, pos: head.pos + 1, run: head.run, lamport: 9 },
			frames: stolen.map((frame) => ({ frame, pos: head.pos + 1, verified: true }))
		});
		expect(await again.entries('weight')).toEqual(ids);
	});

	test('every circle gets new keys, and the unit reads on under them', async () => {
		const { unit, code } = await marta();
		const again = await arrive(code);
		await settle(again, unit);
		const { body } = (await again.access()).chain.head;
		expect(new Set(body.books.map((book) => book.epoch))).toEqual(new Set([2]));
		expect(body.cuts.every((cut) => cut.listedOnly === true)).toBe(true);
		const next = weight(75);
		await again.record('weight', [next]);
		await settle(again, unit);
		expect((await unit.entries('weight')).at(-1)).toBe(next.id);
		// Once told, a circle is not told again.
		await settle(again);
		expect((await again.access()).chain.head.body.n).toBe(body.n);
	});

	test('the same code brings everything back a second time', async () => {
		const { code, ids } = await marta();
		const once = await arrive(code);
		await settle(once);
		const next = weight(76);
		await once.record('weight', [next]);
		await settle(once);
		const twice = await arrive(code);
		await settle(twice);
		expect(await twice.entries('weight')).toEqual([...ids, next.id]);
		expect(await once.sync()).not.toBe('ok');
	});

	test(
		'cut off at any call, it goes on from where it was: the same outcome, nothing doubled',
		{ timeout: 60_000 },
		async () => {
			const { code, ids } = await marta();
			const again = await arrive(code);
			let failures = 0;
			for (let allowed = 0; ; allowed += 1) {
				let left = allowed;
				again.between = (request, next) => ((left -= 1) < 0 ? Promise.reject(new TypeError('down')) : next(request));
				again.client = again.newClient();
				again.engine = again.newEngine();
				if ((await again.sync()) === 'ok') break;
				failures += 1;
			}
			expect(failures).toBeGreaterThan(3);
			again.between = (request, next) => next(request);
			await settle(again);
			expect(await again.entries('weight')).toEqual(ids);
		}
	);

	test('until the relay has been told, nothing has happened to the old device', async () => {
		const { person, code } = await marta();
		const again = await arrive(code);
		expect(isUnannounced(await again.device())).toBe(true);
		expect(await person.sync()).toBe('ok');
		await settle(again);
		expect(isUnannounced(await again.device())).toBe(false);
	});

	test('says how much has come of what is to come', async () => {
		const { code } = await marta();
		const again = await arrive(code);
		const seen: { done: number; total: number }[] = [];
		const { store, client: relayClient, random } = again;
		const { SyncEngine } = await import('./engine');
		const engine = new SyncEngine({
			...{ store, relay: relayClient, random, now: () => START },
			onChange: () => undefined,
			onProgress: (progress) => seen.push(progress)
		});
		expect((await engine.sync()).ok).toBe(true);
		// Three values, and the lost device's heartbeat.
		expect(seen[0]?.total).toBe(4);
		expect(seen.find(({ done, total }) => done === total)).toBeDefined();
	});
});

describe('what the code does not open', () => {
	test('an unknown code, a relay that is away, another space', async () => {
		const { code } = await marta();
		expect((await find(createRecoveryCode(systemRandom))).why).toBe('not-found');
		expect((await find(code, () => Promise.reject(new TypeError('down')))).why).toBe('unreachable');
		const { party } = await find(code);
		const real = await findIdentity(party.client, code, 'real');
		expect(real.ok ? 'found' : real.error.type).toBe('other-space');
	});

	test('a code that a newer one has replaced', async () => {
		const { person, code } = await marta();
		const newer = await person.writeCode();
		expect(await person.sync()).toBe('ok');
		expect((await find(code)).why).toBe('replaced');
		expect((await find(newer)).why).toBe('found');
	});

	/** The store as a relay would have to forge it: it knows the recipient, which stands in the log, and not the code. */
	async function forged(code: RecoveryCode, make: (identity: IdentityId, root: Uint8Array) => Uint8Array) {
		const recipient = recoveryBoxKey(code).pub;
		const device = createDevice({ ...deps, random: systemRandom }, 'person');
		const made = await withRecovery(device, createRecoveryCode(systemRandom), {
			random: systemRandom,
			now: () => START
		});
		const root = createSigningKey(systemRandom);
		const files: RecoveryFile[] = [
			await sealRecoveryFile(recipient, {
				...{ v: 2, kind: 'root', gen: 0, identity: device.identity, secret: toBase64url(root.secret) },
				proof: toBase64url(make(device.identity, root.secret))
			}),
			await sealRecoveryFile(recipient, boxContent(device.identity, must(made.boxes[0], 'a box')))
		];
		const between: Between = (request, next) => {
			if (pathOf(request).startsWith('recovery/')) return Promise.resolve(json({ files }));
			if (pathOf(request).endsWith('/log')) return Promise.resolve(json({ log: made.log }));
			return next(request);
		};
		return between;
	}

	test('S1: an identity of the relay’s own, sealed to the code’s public key, is not taken', async () => {
		const { code } = await marta();
		const unproven = await forged(code, () => systemRandom(32));
		expect((await find(code, unproven)).why).toBe('altered');
		const otherCode = await forged(code, (identity, root) =>
			recoveryProof(createRecoveryCode(systemRandom), concat(idBytes(identity), root))
		);
		expect((await find(code, otherCode)).why).toBe('altered');
	});

	test('a box secret that is not the log’s, a missing one, a shorter log: altered, and nothing is used', async () => {
		const { code } = await marta();
		const { found } = await find(code);
		if (!found.ok) throw new Error(found.error.type);
		const { identity, log, files } = found.value;
		const root = files.filter((file) => file.kind === 'root');
		const foreign = await sealRecoveryFile(
			recoveryBoxKey(code).pub,
			boxContent(identity.id, { gen: 1, secret: toBase64url(createBoxKey(systemRandom).secret) })
		);
		const answer =
			(path: string, value: unknown): Between =>
			(request, next) =>
				pathOf(request).includes(path) ? Promise.resolve(json(value)) : next(request);
		expect((await find(code, answer('recovery/', { files: root }))).why).toBe('altered');
		expect((await find(code, answer('recovery/', { files: [...root, foreign] }))).why).toBe('altered');
		expect((await find(code, answer('/log', { log: log.slice(0, 1) }))).why).toBe('replaced');
		// A stranger's row beside the good ones does no harm.
		expect((await find(code, answer('recovery/', { files: [foreign, ...files] }))).why).toBe('found');
	});

	test('MR14: the whole store and log of another person, under this code: altered', async () => {
		const { code } = await marta();
		const karin = await Party.open(world.answering, 'person');
		const hers = await karin.writeCode();
		expect(await karin.sync()).toBe('ok');
		const { found } = await find(hers);
		if (!found.ok) throw new Error(found.error.type);
		const { files, log } = found.value;
		const swapped: Between = (request, next) => {
			if (pathOf(request).startsWith('recovery/')) return Promise.resolve(json({ files }));
			return pathOf(request).endsWith('/log') ? Promise.resolve(json({ log })) : next(request);
		};
		expect((await find(code, swapped)).why).toBe('altered');
		// Her log alone, or her files beside the right ones, lead nowhere either.
		const log1: Between = (request, next) =>
			pathOf(request).endsWith('/log') ? Promise.resolve(json({ log })) : next(request);
		expect((await find(code, log1)).why).toBe('altered');
	});

	test('A5: ten thousand other codes find nothing and open nothing', () => {
		const code = createRecoveryCode(systemRandom);
		const own = recoveryLookupId(code);
		for (let i = 0; i < 10_000; i += 1) expect(recoveryLookupId(createRecoveryCode(systemRandom))).not.toBe(own);
	});
});

describe('at the relay', () => {
	test('a recover record that the root did not sign is refused, and the device stays in', async () => {
		const { person, code } = await marta();
		const { party, found } = await find(code);
		if (!found.ok) throw new Error(found.error.type);
		const forged = await recoveredDevice({ ...found.value, root: systemRandom(32) }, deps);
		await party.store.createDevice(forged, null);
		expect(await party.sync()).toBe('malformed');
		expect(await person.sync()).toBe('ok');
	});

	test('two clean devices with the same code: one is let in, the other is told', async () => {
		const { code, ids } = await marta();
		const [first, second] = [await arrive(code), await arrive(code)];
		await settle(first);
		expect(await second.sync()).toBe('conflict');
		expect(await first.entries('weight')).toEqual(ids);
	});
});
