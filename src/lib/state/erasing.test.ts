/** Erasing: what is blocked, what goes, what stays with others, and that it goes on where it stopped. */
import 'fake-indexeddb/auto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ORIGIN, startTestRelay, type TestRelay } from '../../../tests/support/relay-calls';
import { createSqlitePlace, type SqlitePlace } from '../../../tests/support/relay-files';
import { kilosOf, Someone } from '../../../tests/support/sessions';
import { openSharedCircle, type SharedCircle } from '../../../tests/support/shared-circle';
import { START } from '../../../tests/support/relay-world';
import { signErasure } from '$lib/protocol/erasure';
import { idBytes } from '$lib/protocol/ids';
import { systemRandom } from '$lib/crypto/random';
import { must } from '$lib/domain/assert';
import { LocalStore } from '$lib/storage/local-store';
import { localStorageMarkers } from '$lib/storage/markers';
import {
	decideToErase,
	eraseEverything,
	eraseFacts,
	keepEverything,
	mayEraseHere,
	mayKeep,
	type EraseDeps
} from './erasing';
import { leaveCircle } from './leaving';

let place: SqlitePlace;
let relay: TestRelay;
const opened: Someone[] = [];
/** What becomes of a call on its way: it goes through, or what comes of it instead. */
let onTheWay: (request: Request) => Promise<Response>;

beforeEach(async () => {
	place = createSqlitePlace();
	relay = startTestRelay(await place.open());
	onTheWay = (request) => relay.handle(request, '192.0.2.1');
});

afterEach(async () => {
	for (const each of opened.splice(0)) {
		each.session.close();
		await LocalStore.erase(each.space, markers);
	}
	await relay.close();
	await place.remove();
});

/** Märta with Sara and Anna; or by herself, which is enough for what only happens on her device. */
async function everybody(): Promise<SharedCircle> {
	const world = await openSharedCircle(relay);
	opened.push(world.marta, world.sara, world.anna);
	return world;
}

async function martaAlone(): Promise<Someone> {
	const marta = await Someone.open('demo-marta', relay);
	opened.push(marta);
	const own = await marta.begin();
	for (const kilos of [71, 72, 73]) await marta.weighs(kilos, own);
	await marta.sync();
	return marta;
}

const markers = localStorageMarkers(null);
const depsOf = (who: Someone): EraseDeps => ({
	space: who.space,
	locks: { hold: () => Promise.resolve(() => undefined) },
	random: systemRandom,
	now: () => START,
	fetch: (url, init) => onTheWay(new Request(url, init)),
	origin: ORIGIN,
	markers,
	persist: () => Promise.resolve(false)
});

async function decide(who: Someone): Promise<EraseDeps> {
	expect(await decideToErase(who.session, [], null)).toEqual({ ok: true, value: undefined });
	who.session.close();
	return depsOf(who);
}

const isEmptied = async (who: Someone): Promise<boolean> => {
	const store = await LocalStore.open(who.space, { random: systemRandom, markers });
	const device = store.ok ? await store.value.readDevice() : undefined;
	if (store.ok) store.value.close();
	return device === null;
};

describe('N8: this device alone', () => {
	test('is emptied only when nothing would be lost: sent and with a code, or in a file', async () => {
		const marta = await martaAlone();
		expect(mayEraseHere(await eraseFacts(marta.session))).toBe(true);
		marta.isOnline = false;
		await marta.weighs(75, await marta.circle());
		const unsent = await eraseFacts(marta.session);
		expect([unsent.unsent, mayEraseHere(unsent)]).toEqual([1, false]);
		await marta.session.store.updateCare((care) => ({ ...care, file: { at: START, entries: 500 } }));
		expect(mayEraseHere(await eraseFacts(marta.session))).toBe(true);
		marta.isOnline = true;
		await marta.sync();
		await marta.session.store.updateCare((care) => ({ ...care, file: null }));
		expect(mayEraseHere(await eraseFacts(marta.session))).toBe(true);
	});

	test('what somebody wrote for another is blocked until it has arrived; a file of one’s own does not hold it', async () => {
		const { sara, of } = await everybody();
		sara.isOnline = false;
		await sara.weighs(76, await of(sara));
		await sara.session.store.updateCare((care) => ({ ...care, file: { at: START, entries: 500 } }));
		const facts = await eraseFacts(sara.session);
		expect([facts.unsentForOthers, mayEraseHere(facts)]).toEqual([1, false]);
		sara.isOnline = true;
		await sara.sync();
		expect(mayEraseHere(await eraseFacts(sara.session))).toBe(true);
	});
});

describe('everything', () => {
	test('the circle, the identity and what lies here go; members know it by the owner’s word, and keep what they had', async () => {
		const { marta, sara, anna, circle, of } = await everybody();
		const before = kilosOf((await of(sara)).observations('weight'));
		const identity = must(await marta.session.device(), 'a device').identity;
		const lookup = must((await marta.session.device())?.recovery, 'a code').lookup;
		expect(await eraseEverything(await decide(marta))).toEqual({ ok: true, value: undefined });
		expect(await isEmptied(marta)).toBe(true);
		expect([await relay.store.headManifest(circle), await relay.store.identityLog(identity)]).toEqual([null, []]);
		expect(await relay.store.recoveryFiles(lookup)).toEqual([]);
		for (const each of [sara, anna]) {
			expect(await each.sync()).toBe('ok');
			const seen = await of(each);
			expect([seen.erasedAt, seen.personName, seen.canWrite('weight')]).toEqual([START, 'Märta', false]);
		}
		expect(kilosOf((await of(sara)).observations('weight'))).toEqual(before);
		expect((await leaveCircle(sara.session, await of(sara))).ok).toBe(true);
		expect((await of(sara)).observations('weight')).toEqual([]);
	});

	test('a relay that only hides the circle, or makes the word up, is not believed', async () => {
		const { sara, anna, circle, of } = await everybody();
		const device = must(await sara.session.device(), 'a device');
		const by = { identity: device.identity, device: device.device };
		const forged = signErasure({ v: 1, circle, by, at: START, log: device.log }, idBytes(device.sign));
		await relay.store.saveErasure({ circle, record: forged.bytes, now: START });
		await relay.store.eraseCircle(circle, START);
		for (const each of [sara, anna]) {
			await each.sync();
			expect((await of(each)).erasedAt).toBeNull();
			expect((await of(each)).observations('weight')).not.toEqual([]);
		}
	});

	test('without network nothing is erased, and the person can change their mind', async () => {
		const marta = await martaAlone();
		const deps = await decide(marta);
		onTheWay = () => Promise.reject(new TypeError('no network'));
		expect(await eraseEverything(deps)).toEqual({ ok: false, error: { type: 'unreachable' } });
		expect([await isEmptied(marta), await mayKeep(deps)]).toEqual([false, false]);
		onTheWay = (request) => relay.handle(request, '192.0.2.1');
		expect(await eraseEverything(deps)).toEqual({ ok: true, value: undefined });
	});

	test('the decision alone can be taken back', async () => {
		const marta = await martaAlone();
		const deps = await decide(marta);
		expect(await mayKeep(deps)).toBe(true);
		await keepEverything(deps);
		const again = await Someone.open(marta.space, relay);
		expect(await again.session.store.work.readErasing()).toBeNull();
		expect((await again.circle()).observations('weight')).toHaveLength(3);
		again.session.close();
	});

	test('interrupted at every call, before it arrives or with its answer lost, it goes on to the end', async () => {
		const { marta, sara, circle, of } = await everybody();
		const deps = await decide(marta);
		let stops = 0;
		for (let rounds = 0; ; rounds += 1) {
			let calls = 0;
			onTheWay = async (request) => {
				calls += 1;
				// Each round breaks one call later than the one before; every other one after the relay has acted.
				if (calls <= rounds / 2) return relay.handle(request, '192.0.2.1');
				if (rounds % 2 === 1) await relay.handle(request, '192.0.2.1');
				throw new TypeError('the network is gone');
			};
			const erased = await eraseEverything(deps);
			if (erased.ok) break;
			stops += 1;
			expect(await isEmptied(marta)).toBe(false);
			expect(stops).toBeLessThan(40);
		}
		expect(stops).toBeGreaterThan(5);
		expect(await isEmptied(marta)).toBe(true);
		expect(await relay.store.headManifest(circle)).toBeNull();
		await sara.sync();
		expect((await of(sara)).erasedAt).toBe(START);
	});

	test('a relative who erases leaves: the person is told, and keeps what they wrote', async () => {
		const { marta, sara, of } = await everybody();
		expect(await decideToErase(sara.session, [await of(sara)], null)).toMatchObject({ ok: true });
		sara.session.close();
		expect(await eraseEverything(depsOf(sara))).toEqual({ ok: true, value: undefined });
		await marta.sync();
		const own = await marta.circle();
		expect(own.receipts.map(({ outcome }) => outcome).sort()).toEqual(['declined', 'seen']);
		expect(kilosOf(own.observations('weight')).sort()).toEqual([71, 72.5, 73]);
	});

	test('a unit that ends tells every patient, and is out of every circle', async () => {
		const { marta, anna, circle, of } = await everybody();
		const identity = must(await anna.session.device(), 'a device').identity;
		expect(await decideToErase(anna.session, [await of(anna)], 'Anna Bergqvist')).toMatchObject({ ok: true });
		anna.session.close();
		expect(await eraseEverything(depsOf(anna))).toEqual({ ok: true, value: undefined });
		expect([await relay.store.roleIn(circle, identity), await isEmptied(anna)]).toEqual([null, true]);
		await marta.sync();
		expect((await marta.circle()).receipts.map(({ outcome }) => outcome).sort()).toEqual(['declined', 'seen']);
	});

	test('somebody who never sent anything is done at once, without network', async () => {
		const alone = await Someone.open('demo-alone', relay);
		opened.push(alone);
		await alone.session.ensureOwnCircle();
		await alone.weighs(71, await alone.circle());
		const facts = await eraseFacts(alone.session);
		expect([facts.isAtRelay, mayEraseHere(facts)]).toEqual([false, false]);
		const deps = await decide(alone);
		onTheWay = () => Promise.reject(new TypeError('no network'));
		expect(await eraseEverything(deps)).toEqual({ ok: true, value: undefined });
		expect(await isEmptied(alone)).toBe(true);
	});
});
