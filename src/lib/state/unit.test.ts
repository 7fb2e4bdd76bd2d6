/** Enrolling a care unit by its one-time link, against the real relay in this process. */
import 'fake-indexeddb/auto';
import * as z from 'zod/mini';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ORIGIN, startTestRelay, type TestRelay } from '../../../tests/support/relay-calls';
import { createSqlitePlace, type SqlitePlace } from '../../../tests/support/relay-files';
import { START } from '../../../tests/support/relay-world';
import { must } from '$lib/domain/assert';
import { toBase64url } from '$lib/crypto/bytes';
import { sha256 } from '$lib/crypto/hash';
import { systemRandom } from '$lib/crypto/random';
import { registerIdentitySchema } from '$lib/protocol/api/identities';
import { readIdentityLog } from '$lib/protocol/identity-log';
import { hashText, idBytes } from '$lib/protocol/ids';
import { localStorageMarkers } from '$lib/storage/markers';
import { Session } from './session';
import { enrolUnit } from './unit';

const token = systemRandom(32);
const link = { t: toBase64url(token), unit: 'Hjärtsvikt', contact: 'Anna', phone: '', hours: '' };

let relay: TestRelay;
let place: SqlitePlace;
let session: Session;
/** What becomes of the relay's answer on its way back. */
let onTheWay: 'arrives' | 'is lost' | 'is made up' = 'arrives';

beforeEach(async () => {
	onTheWay = 'arrives';
	place = createSqlitePlace();
	relay = startTestRelay(await place.open());
	await relay.store.saveEnrolment({ hash: hashText(sha256(token)), exp: START + 1000 });
	session = await openSession();
});

afterEach(async () => {
	await session.erase();
	await relay.close();
	await place.remove();
});

async function openSession(): Promise<Session> {
	const nothing = () => undefined;
	const opened = await Session.open(
		'real',
		{
			random: systemRandom,
			now: () => START,
			fetch: async (url, init) => {
				const request = new Request(url, init);
				if (onTheWay === 'is made up' && url.endsWith('/identities')) return madeUp(request);
				const answer = await relay.handle(request, '192.0.2.1');
				if (onTheWay === 'is lost') throw new TypeError('the network is gone');
				return answer;
			},
			origin: ORIGIN,
			markers: localStorageMarkers(null),
			persist: () => Promise.resolve(false)
		},
		{ onChange: nothing, onDevice: nothing, onStatus: nothing, onErased: nothing, onLock: nothing }
	);
	if (!opened.ok) throw new Error(opened.error.type);
	return opened.value;
}

/** Yes to a registration that nobody keeps. */
async function madeUp(request: Request): Promise<Response> {
	const { genesis } = registerIdentitySchema.parse(await request.json());
	const identity = readIdentityLog([idBytes(genesis)]);
	return Response.json({ id: identity.ok ? identity.value.id : null });
}

const noDraft = async () => (await session.store.readDraft('enrolment', z.unknown())) === null;

test('a link whose answer was lost works again on this device, also after a reload', async () => {
	onTheWay = 'is lost';
	expect(await enrolUnit(session, link)).toMatchObject({ ok: false, error: { type: 'unreachable' } });
	expect(await session.device()).toBeNull();
	session.close();
	session = await openSession();
	onTheWay = 'arrives';
	expect(await enrolUnit(session, { ...link, contact: 'Bo' })).toEqual({ ok: true, value: undefined });
	const device = must(await session.device(), 'the unit is there');
	expect(device).toMatchObject({ unit: { name: 'Hjärtsvikt', contact: 'Bo' }, relay: { registered: true } });
	expect(await relay.store.identityLog(device.identity)).toHaveLength(1);
});

test('a link that another device has used is refused, and nothing of it stays', async () => {
	onTheWay = 'is lost';
	await enrolUnit(session, link);
	await session.erase();
	session = await openSession();
	onTheWay = 'arrives';
	expect(await enrolUnit(session, link)).toEqual({ ok: false, error: { type: 'link-used' } });
	expect(await session.device()).toBeNull();
	expect(await noDraft()).toBe(true);
});

test('a unit that is enrolled leaves no second copy of its keys', async () => {
	expect(await enrolUnit(session, link)).toMatchObject({ ok: true });
	expect(await noDraft()).toBe(true);
});

test('MR12: a unit whose enrolment the relay only said it had kept is enrolled by the passes that follow', async () => {
	onTheWay = 'is made up';
	expect(await enrolUnit(session, link)).toMatchObject({ ok: true });
	onTheWay = 'arrives';
	await session.sync();
	await session.sync();
	const device = must(await session.device(), 'the unit is there');
	expect(await relay.store.identityLog(device.identity)).toHaveLength(1);
	expect(device.unit?.enrolment).toBeNull();
});
