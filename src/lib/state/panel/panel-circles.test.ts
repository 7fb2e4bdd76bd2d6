/** S2, D9: the care contact's list starts from sealed summaries, which are never wrong, and holds at most five circles open. */
import 'fake-indexeddb/auto';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { raw } from '../../../../tests/support/raw-rows';
import { startTestRelay, type TestRelay } from '../../../../tests/support/relay-calls';
import { createSqlitePlace, type SqlitePlace } from '../../../../tests/support/relay-files';
import { START } from '../../../../tests/support/relay-world';
import { openSharedCircle, type SharedCircle } from '../../../../tests/support/shared-circle';
import { must } from '$lib/domain/assert';
import { DAY_MS } from '$lib/domain/time';
import { idBytes } from '$lib/protocol/ids';
import { bookOfKind, identityFrom, openCircle } from '$lib/sync/circle-access';
import { createCircle } from '$lib/sync/create';
import { addMembers } from '$lib/sync/membership';
import { CirclePlan } from '../circle-plan.svelte';
import { PanelCircles } from './panel-circles.svelte';
import { summarise } from './summarise';

let relay: TestRelay;
let place: SqlitePlace;
let world: SharedCircle;

beforeEach(async () => {
	place = createSqlitePlace();
	relay = startTestRelay(await place.open());
	world = await openSharedCircle(relay);
}, 60_000);

afterEach(async () => {
	for (const who of [world.marta, world.sara, world.anna]) await who.session.erase();
	await relay.close();
	await place.remove();
});

/** A start of the panel: what stands in the list before any circle was read, and what after. */
async function start() {
	const opened = vi.spyOn(world.anna.session, 'readCircle');
	opened.mockClear();
	const panel = new PanelCircles(world.anna.session);
	await panel.start();
	const before = panel.list.map(({ summary }) => summary);
	await panel.catchUp();
	return { panel, before, after: panel.list.map(({ summary }) => summary), opened: opened.mock.calls.length };
}

/** What the list must say of Märta, from everything. */
async function truth() {
	const circle = await world.of(world.anna);
	const panel = new PanelCircles(world.anna.session);
	const identity = must(await world.anna.session.device(), 'a unit').identity;
	return summarise(circle, new CirclePlan(circle), {
		identity,
		today: panel.today,
		zone: Intl.DateTimeFormat().resolvedOptions().timeZone
	});
}

async function martaWeighs(kilos: number): Promise<void> {
	world.marta.now += 60_000;
	world.anna.now = world.marta.now;
	await world.marta.weighs(kilos, await world.marta.circle());
	await world.marta.sync();
	await world.anna.sync();
}

test('the second start opens no circle, and shows what the first one worked out', async () => {
	const first = await start();
	expect([first.before, first.opened]).toEqual([[], 1]);
	const second = await start();
	expect(second.opened).toBe(0);
	expect(second.before).toEqual(first.after);
	expect(second.before).toEqual([await truth()]);
	expect(second.before[0]).toMatchObject({ name: 'Märta', standing: 'joined', last: { measure: 'weight' } });
});

test('whatever has come since, a row is never shown as it was', async () => {
	await start();
	await martaWeighs(75);
	const later = await start();
	expect(later.before).toEqual([]);
	expect(later.after[0]?.last?.values).toEqual({ weight: 75 });
	expect(later.after).toEqual([await truth()]);
	expect((await start()).before).toEqual(later.after);
	// The unit's own mark is a frame as well, also before it was sent.
	await must((await start()).panel.list[0], 'Märta').mark('seen', 'Anna');
	const marked = await start();
	expect(marked.before).toEqual([]);
	expect(marked.after).toEqual([await truth()]);
	expect(marked.after[0]?.unseen).toEqual([]);
});

test('a change of members or keys, another app, zone or day, or a bad row: made anew without a word', async () => {
	await start();
	const { space } = world.anna.session;
	const rows = () => raw(space, (database) => database.cache.where('id').startsWith('panel:').toArray());
	const row = must((await rows())[0], 'a kept row');
	const kept = (await start()).before;
	const holds = async () => (await start()).before.length > 0;
	expect(await holds()).toBe(true);

	const bytes = row.bytes.slice();
	bytes[40] = (bytes[40] ?? 0) ^ 1;
	await raw(space, (database) => database.cache.put({ ...row, bytes }));
	expect(await holds()).toBe(false);
	expect((await start()).before).toEqual(kept);

	const { circle } = world;
	await world.anna.session.store.updateCircle(circle, (now) => must(now, 'it'));
	expect(await holds()).toBe(false);

	const { identity } = must(await world.marta.session.device(), 'Märta');
	await world.anna.session.store.saveIdentity(must(await world.anna.session.store.readIdentity(identity), 'her log'));
	expect(await holds()).toBe(false);

	await raw(space, async (database) => {
		const head = must((await database.heads.where('circle').equals(circle).toArray())[0], 'a head');
		await database.heads.put({ ...head, rewrites: head.rewrites + 1 });
	});
	expect(await holds()).toBe(false);

	expect(await holds()).toBe(true);
	world.anna.now = START + 7 * DAY_MS;
	expect(await holds()).toBe(true);
	world.anna.now = START + 8 * DAY_MS;
	expect(await holds()).toBe(false);
	expect(await holds()).toBe(true);
	world.anna.now = START;
	expect(await holds()).toBe(false);
});

test('a circle that is put away takes its summary along', async () => {
	await start();
	const { session } = world.anna;
	await session.store.forgetCircle(world.circle);
	const rows = await raw(session.space, (database) => database.cache.toArray());
	expect(rows.map(({ id }) => id).filter((id) => id !== 'taken')).toEqual([]);
	expect((await start()).after).toEqual([]);
});

test('live: a reading changes one summary, open or not, and a mark is shown at once', async () => {
	await start();
	const { panel } = await start();
	const marta = must(panel.list[0], 'Märta');
	await martaWeighs(75);
	await panel.apply({ circle: marta.id });
	expect(marta.summary.last?.values).toEqual({ weight: 75 });
	expect(marta.opened).toBeNull();
	const opened = must(await panel.open(marta.id), 'her circle opens');
	expect(marta.opened).toBe(opened);
	await martaWeighs(76);
	await panel.apply({ circle: marta.id });
	expect(marta.summary.last?.values).toEqual({ weight: 76 });
	expect(opened.state.observations('weight').at(-1)?.values).toEqual({ weight: 76 });
	const unseen = () => marta.summary.unseen.map(({ count }) => count);
	expect(unseen()).toEqual([2]);
	expect((await marta.mark('seen', 'Anna')).ok).toBe(true);
	expect(unseen()).toEqual([]);
	expect(marta.summary).toEqual(await truth());
});

test('at most five circles are open, and a change reads that circle alone', async () => {
	await shareMany(7);
	await world.anna.sync();
	const { panel } = await start();
	await panel.settle();
	expect(panel.list).toHaveLength(8);
	for (const { id } of panel.list) expect(await panel.open(id)).not.toBeNull();
	const open = () => panel.list.filter(({ opened }) => opened !== null).map(({ id }) => id);
	expect(open()).toEqual(panel.list.slice(3).map(({ id }) => id));
	await panel.open(must(panel.list[3], 'the one opened first').id);
	await panel.open(must(panel.list[0], 'one that was let go').id);
	expect(open().includes(must(panel.list[3], 'it').id)).toBe(true);
	expect(open()).toHaveLength(5);
	const reads = vi.spyOn(world.anna.session, 'readCircle');
	reads.mockClear();
	await martaWeighs(77);
	await panel.apply({ circle: world.circle });
	expect(new Set(reads.mock.calls.map(([circle]) => circle))).toEqual(new Set([world.circle]));
	const again = await start();
	expect([again.before.length, again.opened]).toEqual([8, 0]);
});

test('a circle in which nothing has come is not called empty before the relay was asked', async () => {
	await shareMany(2);
	await world.anna.sync();
	const { panel, after } = await start();
	expect(after.map(({ name }) => name)).toEqual(['Märta']);
	expect(panel.reading).toEqual({ done: 1, total: 3 });
	// What comes meanwhile goes on from there, and nobody is counted twice.
	await panel.apply({ circle: world.circle });
	const [other] = (await world.anna.session.store.readCircles()).filter(({ circle }) => circle !== world.circle);
	await panel.apply({ circle: must(other, 'another').circle });
	await panel.catchUp();
	expect(panel.reading).toEqual({ done: 2, total: 3 });
	await panel.settle();
	expect(panel.list).toHaveLength(3);
	expect(panel.reading).toBeNull();
	// From a summary it is known that they were.
	expect((await start()).before).toHaveLength(3);
});

/** Further circles of Märta's identity: to the unit each is a patient like any other. */
async function shareMany(count: number): Promise<void> {
	const { session } = world.marta;
	const device = must(await session.device(), 'Märta');
	const unit = must(await world.anna.session.device(), 'a unit');
	const [self, other] = [
		must(identityFrom(device.log, device.identity), 'her log'),
		must(identityFrom(unit.log, unit.identity), 'the log of the unit')
	];
	const deps = { random: session.random, now: session.now, space: session.space };
	for (let n = 0; n < count; n += 1) {
		const circle = createCircle(deps, device, idBytes(device.sign));
		const access = openCircle(circle, new Map([[self.id, self]]), device);
		if (!access.ok) throw new Error(access.error.type);
		const rights = (['weight', 'profile', 'log'] as const).map((kind) => ({
			book: must(bookOfKind(access.value, kind), 'a book'),
			access: kind === 'log' ? ('w' as const) : ('r' as const)
		}));
		const member = { identity: other, role: 'careContact' as const, rights, person: { name: 'Mottagningen' } };
		const step = await addMembers(access.value, device, [member], `Nummer ${n}`, deps);
		const made = await session.relay.createCircle(circle.manifests, []);
		const sent = await session.relay.extendCircle(circle.circle, step.manifest, step.envelopes);
		expect([made.ok, sent.ok]).toEqual([true, true]);
	}
}

test('erasing the unit tells every patient, one open at a time', async () => {
	const { panel } = await start();
	const names: (string | null)[] = [];
	for await (const circle of panel.each()) names.push(circle.personName);
	expect(names).toEqual(['Märta']);
	expect(panel.list.every(({ opened }) => opened === null)).toBe(true);
});
