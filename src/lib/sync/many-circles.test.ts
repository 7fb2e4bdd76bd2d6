/** A8, A9: a care unit loses a laptop: every circle gets new keys, by two colleagues at once, however often it is cut off. */
import 'fake-indexeddb/auto';
import { expect, test, vi } from 'vitest';
import { Party } from '../../../tests/support/parties';
import { pairWith } from '../../../tests/support/pairing';
import { START } from '../../../tests/support/relay-world';
import { useRelay } from '../../../tests/support/restorable-relay';
import { systemRandom } from '$lib/crypto/random';
import { must } from '$lib/domain/assert';
import { idBytes } from '$lib/protocol/ids';
import { accessOf } from '$lib/protocol/manifest';
import { bookOfKind, epochKey, identityFrom } from './circle-access';
import { createCircle } from './create';
import { addMembers } from './membership';

/** As many as one unit has, at night; a few otherwise. */
const CIRCLES = Number(process.env.CIRCLES ?? (process.env.NIGHTLY ? 500 : 6));
/** What the renewal of 500 circles may take (test plan A9): work of this process, relay and all, so that a busy machine is none. */
const BUDGET_MS = 60_000;

/** Records, keys, the person's log, and frames. */
const CALLS_A_CIRCLE = 4;
/** Login, pairing, the own log, heads. */
const CALLS_BESIDE = 12;

const world = useRelay();

/** One identity that owns all the circles: to the unit and the relay each is a circle like any other. */
async function shareMany(unit: Party): Promise<void> {
	const owner = await Party.open(world.answering, 'person');
	await owner.turnOn();
	const device = await owner.device();
	const deps = { random: systemRandom, now: () => START, space: owner.space };
	for (let n = 1; n < CIRCLES; n += 1) {
		const circle = createCircle(deps, device, idBytes(device.sign));
		await owner.store.updateCircle(circle.circle, () => circle);
	}
	expect(await owner.sync()).toBe('ok');
	const id = (await unit.device()).identity;
	const log = await owner.client.identityLog(id);
	const identity = must(log.ok ? identityFrom(log.value, id) : null, 'the unit is registered');
	for (let n = 0; n < CIRCLES; n += 1) {
		const access = await owner.access(n);
		const rights = (['bloodPressure', 'weight', 'profile', 'log'] as const).map((kind) => ({
			book: must(bookOfKind(access, kind), 'a book'),
			access: kind === 'log' ? ('w' as const) : ('r' as const)
		}));
		const member = { identity, role: 'careContact' as const, rights, person: { name: 'Mottagningen' } };
		const step = await addMembers(access, device, [member], 'Märta', deps);
		const sent = await owner.client.extendCircle(access.chain.circle, step.manifest, step.envelopes);
		expect(sent.ok).toBe(true);
	}
}

/** A unit in step, with whom all of them are shared. */
async function unitOfMany(): Promise<Party> {
	const unit = await Party.open(world.answering, 'unit');
	await unit.turnOn();
	expect(await unit.sync()).toBe('ok');
	await shareMany(unit);
	expect(await unit.sync()).toBe('ok');
	return unit;
}

test(
	`a lost laptop: ${CIRCLES} circles renewed, one record in each, nobody unreadable`,
	{ timeout: 900_000 },
	async () => {
		const unit = await unitOfMany();
		for (const { circle } of await unit.store.readCircles())
			await unit.store.updateCircle(circle, (now) => ({ ...must(now, 'it'), standing: 'joined' }));
		const [lost, colleague] = [
			await pairWith(unit, world.answering, 'Bo Ek'),
			await pairWith(unit, world.answering, 'Eva Ask')
		];
		expect([await lost.sync(), await colleague.sync(), await unit.sync()]).toEqual(['ok', 'ok', 'ok']);
		// What the relay lets a device ask for in a minute is made for this (LIMIT_REQUESTS_PER_MINUTE).
		expect(colleague.calls.length).toBeLessThanOrEqual(CALLS_A_CIRCLE * CIRCLES + CALLS_BESIDE);

		const out = (await lost.device()).device;
		await unit.store.devices.updateWork((now) => ({ ...now, remove: [out] }));
		const seen: number[] = [];
		unit.onRenewing = ({ done }) => void seen.push(done);
		let posts = 0;
		// The app is closed after a third, and opened again.
		unit.between = (request, next) => {
			if (request.method === 'POST' && request.url.endsWith('/manifest')) posts += 1;
			return posts === Math.ceil(CIRCLES / 3) ? Promise.reject(new TypeError('closed')) : next(request);
		};
		const before = process.cpuUsage();
		expect(await unit.sync()).toBe('unreachable');
		unit.between = (request, next) => next(request);
		unit.engine = unit.newEngine();
		expect(await unit.sync()).toBe('ok');
		const { user, system } = process.cpuUsage(before);
		if (process.env.NIGHTLY) expect((user + system) / 1000).toBeLessThan(BUDGET_MS);
		expect(seen.at(-1)).toBeGreaterThan(0);

		expect(await lost.sync()).toBe('shut-out');
		expect([await colleague.sync(), await unit.sync()]).toEqual(['ok', 'ok']);
		for (const party of [unit, colleague])
			for (let n = 0; n < CIRCLES; n += 1) {
				const access = await party.access(n);
				expect(access.chain.records).toHaveLength(3);
				for (const { book } of access.member?.rights ?? []) {
					const head = must(
						access.chain.head.body.books.find(({ id }) => id === book),
						'a book'
					);
					expect([head.epoch, accessOf(access.member, book) !== null]).toEqual([2, true]);
					expect(epochKey(access, book, 2)).not.toBe(null);
				}
			}
	}
);

test(
	'a first load that the relay cuts short goes on where it was, and asks for nothing twice',
	{ timeout: 600_000 },
	async () => {
		const unit = await unitOfMany();
		const colleague = await pairWith(unit, world.answering, 'Eva Ask');
		const allowed = 2 * CIRCLES + 2;
		let left = allowed;
		colleague.between = (request, next) =>
			(left -= 1) >= 0
				? next(request)
				: Promise.resolve(Response.json({ error: 'too-many' }, { status: 429, headers: { 'retry-after': '60' } }));
		colleague.calls.length = 0;
		expect(await colleague.sync()).toBe('too-many');
		const first = colleague.calls.slice(0, allowed);
		const begun = (await colleague.store.readCircles()).length;
		expect(begun).toBeGreaterThan(0);
		expect(begun).toBeLessThan(CIRCLES);
		colleague.calls.length = 0;
		colleague.between = (request, next) => next(request);
		const looked = vi.spyOn(colleague.store, 'readCircleRows');
		expect(await colleague.sync()).toBe('ok');
		expect(new Set(looked.mock.calls.map(([circle]) => circle)).size).toBeLessThan(CIRCLES);
		expect(await colleague.store.readCircles()).toHaveLength(CIRCLES);
		const asked = [...first, ...colleague.calls].filter((call) => /\/(manifest|envelopes)$/.test(call));
		expect(asked.length).toBe(new Set(asked).size);
		expect(await colleague.sync()).toBe('ok');
	}
);
