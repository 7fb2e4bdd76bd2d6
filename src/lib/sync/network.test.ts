/** N1, N5: networks that come and go, and one that was away for a month. */
import 'fake-indexeddb/auto';
import { expect, test } from 'vitest';
import { numbersFrom } from '../../../tests/support/lying-relay';
import { Party, weight, type Between } from '../../../tests/support/parties';
import { useRelay } from '../../../tests/support/restorable-relay';

const isNightly = process.env['NIGHTLY'] === '1';

const world = useRelay();

const online: Between = (request, next) => next(request);
const offline: Between = () => Promise.reject(new TypeError('there is no network'));

async function circleOf(units: number): Promise<Party[]> {
	const marta = await Party.open(world.answering, 'person');
	const others: Party[] = [];
	for (let n = 0; n < units; n += 1) others.push(await Party.open(world.answering, 'unit'));
	for (const party of [marta, ...others]) {
		await party.turnOn();
		expect(await party.sync()).toBe('ok');
	}
	for (const unit of others) {
		await marta.shareWith(unit, [
			['weight', 'w'],
			['profile', 'r'],
			['log', 'w']
		]);
		await marta.sync();
	}
	for (const party of [marta, ...others]) await party.sync();
	return [marta, ...others];
}

test(
	'N1: networks that come and go for three at once: all have all soon after, and little is sent twice',
	{ timeout: 600_000 },
	async () => {
		const toggles = isNightly ? 500 : 40;
		const parties = await circleOf(2);
		const number = numbersFrom(20_261_126);
		const ids: string[] = [];
		let [pushed, needed] = [0, 0];
		for (const party of parties) {
			const count: Between = async (request, next) => {
				if (request.url.endsWith('/push')) pushed += (await request.clone().arrayBuffer()).byteLength;
				return next(request);
			};
			party.between = count;
		}
		const counting = parties.map((party) => party.between);
		for (let n = 0; n < toggles; n += 1) {
			const at = Math.floor(number() * parties.length);
			const party = parties[at] as Party;
			party.between = party.between === offline ? (counting[at] as Between) : offline;
			const entry = weight(50 + (n % 50));
			for (const frame of await party.record('weight', [entry])) needed += frame.bytes.length + 4;
			ids.push(entry.id);
			await Promise.all(parties.map((each) => each.sync()));
		}
		for (const [at, party] of parties.entries()) party.between = counting[at] as Between;
		for (const party of [...parties, ...parties]) {
			party.client.forgetHeads();
			expect(await party.sync()).toBe('ok');
		}
		for (const party of parties) {
			expect([...(await party.entries('weight'))].sort()).toEqual([...ids].sort());
			expect(await party.waiting()).toBe(0);
		}
		// Heartbeats beside it are few.
		expect(pushed / needed).toBeLessThan(1.3);
	}
);

test('N5: a month without the relay is sent in order once it is back', { timeout: 600_000 }, async () => {
	const count = isNightly ? 2000 : 200;
	const [marta, unit] = (await circleOf(1)) as [Party, Party];
	marta.between = offline;
	const ids: string[] = [];
	for (let n = 0; n < count; n += 1) {
		const entry = weight(60 + n / 100);
		await marta.record('weight', [entry]);
		ids.push(entry.id);
	}
	marta.clock += 30 * 24 * 3_600_000;
	expect(await marta.sync()).toBe('unreachable');
	expect(await marta.waiting()).toBeGreaterThanOrEqual(count);
	marta.between = online;
	const start = performance.now();
	expect(await marta.sync()).toBe('ok');
	expect(await marta.waiting()).toBe(0);
	expect(performance.now() - start).toBeLessThan(30_000);
	expect(await unit.sync()).toBe('ok');
	expect(await unit.entries('weight')).toEqual(ids);
});
