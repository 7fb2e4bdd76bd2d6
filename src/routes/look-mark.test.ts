/** G40: a relative's look is told to the person, once a day for what they were shown. */
import 'fake-indexeddb/auto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createSqlitePlace, type SqlitePlace } from '../../tests/support/relay-files';
import { startTestRelay, type TestRelay } from '../../tests/support/relay-calls';
import { START } from '../../tests/support/relay-world';
import { openSharedCircle, type SharedCircle } from '../../tests/support/shared-circle';
import { overwriteGetLocale } from '$lib/i18n/paraglide/runtime';
import { DAY_MS } from '$lib/domain/time';
import { deviceMoment } from '$lib/i18n/format';
import { logOf } from './circle/history-words';
import { markLook } from './look-mark';
import { receiptWords } from './receipt-words';

let place: SqlitePlace;
let relay: TestRelay;
let world: SharedCircle;

beforeAll(async () => {
	overwriteGetLocale(() => 'sv');
	place = createSqlitePlace();
	relay = startTestRelay(await place.open());
	world = await openSharedCircle(relay);
}, 60_000);

afterAll(async () => {
	for (const each of [world.marta, world.sara, world.anna]) await each.session.erase();
	await relay.close();
	await place.remove();
});

test('Sara looks twice in a day and once the next: two marks, told as hers, and never as the care contact’s', async () => {
	const { marta, sara, of } = world;
	const hers = await of(sara);
	await markLook(hers, START);
	await markLook(hers, START + 1000);
	sara.now = START + DAY_MS;
	await Promise.all([markLook(hers, START + DAY_MS), markLook(hers, START + DAY_MS)]);
	for (const each of [sara, marta]) await each.sync();
	const own = await marta.circle();
	const rows = logOf(own, deviceMoment(START)).map(({ text }) => text);
	expect(rows.filter((text) => text === 'Sara Lindqvist tittade på vikt')).toHaveLength(2);
	expect(rows).toContain('Anna Bergqvist har sett värdena');
	expect(receiptWords(own, deviceMoment(START))?.title).toContain('Anna');
});

test('the person’s own looks and a unit’s screen leave no mark', async () => {
	const { marta, anna, of } = world;
	const before = (await marta.circle()).receipts.length;
	for (const who of [marta, anna]) await markLook(await of(who), START);
	for (const each of [anna, marta]) await each.sync();
	expect((await marta.circle()).receipts).toHaveLength(before);
});
