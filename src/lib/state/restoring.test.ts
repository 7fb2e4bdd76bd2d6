/** MR14: a relay that shows whoever comes with the code an earlier time of the same person, whole and consistent. */
import 'fake-indexeddb/auto';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Party, weight } from '../../../tests/support/parties';
import { ORIGIN, startTestRelay, type TestRelay } from '../../../tests/support/relay-calls';
import { createSqlitePlace, type SqlitePlace } from '../../../tests/support/relay-files';
import { START } from '../../../tests/support/relay-world';
import { systemRandom } from '$lib/crypto/random';
import { LocalStore } from '$lib/storage/local-store';
import { localStorageMarkers } from '$lib/storage/markers';
import { findIdentity, recoveredDevice } from '$lib/sync/restore';
import { beginRestore, bringBack, lookUp, type RestoreDeps } from './restoring';

let place: SqlitePlace;
let today: TestRelay;
let earlier: TestRelay | null = null;

beforeEach(async () => {
	place = createSqlitePlace();
	today = startTestRelay(await place.open());
});

afterEach(async () => {
	await earlier?.close();
	await today.close();
	await place.remove();
});

const depsWith = (fetch: RestoreDeps['fetch']): RestoreDeps => ({
	space: 'demo-lost-and-found',
	locks: { hold: () => Promise.resolve(() => undefined) },
	random: systemRandom,
	now: () => START,
	fetch,
	origin: ORIGIN,
	markers: localStorageMarkers(null),
	persist: () => Promise.resolve(false)
});

test('MR14: yesterday’s identity with today’s circles: nothing is taken for an empty start, and nothing is written over', async () => {
	const marta = await Party.open((request) => today.handle(request, '192.0.2.1'), 'person');
	for (const kilos of [71, 72, 73]) await marta.record('weight', [weight(kilos)]);
	const code = await marta.writeCode();
	expect(await marta.sync()).toBe('ok');
	// The relay as it is now, standing still while the other goes on.
	const yesterday = (earlier = startTestRelay(await place.openCopy()));

	// She restored once since: another device, another box, another key for each book.
	const second = await Party.empty((request) => today.handle(request, '192.0.2.1'));
	const found = await findIdentity(second.client, code, second.space);
	if (!found.ok) throw new Error(found.error.type);
	await second.store.createDevice(
		await recoveredDevice(found.value, { random: systemRandom, now: () => START, space: second.space }),
		null
	);
	let token: string | null = null;
	second.between = (request, relay) => {
		token = request.headers.get('authorization') ?? token;
		return relay(request);
	};
	for (let pass = 0; pass < 3; pass += 1) expect(await second.sync()).toBe('ok');
	await second.record('weight', [weight(74)]);
	expect(await second.sync()).toBe('ok');

	// Who asks for identities and logs in is answered as of yesterday, who asks for circles as of today.
	const deps = depsWith((url, init) => {
		const request = new Request(url, init);
		if (/\/(identities|auth|recovery)\b/.test(request.url)) return yesterday.handle(request, '192.0.2.1');
		if (token) request.headers.set('authorization', token);
		return today.handle(request, '192.0.2.1');
	});
	const signal = new AbortController().signal;
	const identity = await lookUp(deps, code, signal);
	if (!identity.ok) throw new Error(identity.error.type);
	expect((await beginRestore(deps, identity.value)).ok).toBe(true);
	const restored = await bringBack(deps, signal, () => undefined);
	expect(restored.ok ? restored.value : restored.error.type).toBe('relay-went-back');
	const store = await LocalStore.open(deps.space, deps);
	if (!store.ok) throw new Error(store.error.type);
	expect(await store.value.readCircles()).toEqual([]);
	store.value.close();
	await LocalStore.erase(deps.space, deps.markers);

	// The other device has lost nothing by it.
	expect(await second.sync()).toBe('ok');
	expect(await second.entries('weight')).toHaveLength(4);
});
