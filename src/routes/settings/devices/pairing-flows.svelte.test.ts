/** Both screens of a pairing, over a real relay: who says what, and what a slip, a no and a late answer lead to. */
import 'fake-indexeddb/auto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startTestRelay, type TestRelay } from '../../../../tests/support/relay-calls';
import { createSqlitePlace, type SqlitePlace } from '../../../../tests/support/relay-files';
import { Someone } from '../../../../tests/support/sessions';
import { must } from '$lib/domain/assert';
import { ok } from '$lib/domain/result';
import { PAIRING_LIFE_MS } from '$lib/protocol/api/pairings';
import { pairingLink } from '$lib/protocol/pairing';
import type { Space } from '$lib/storage/database';
import type { DeviceKeys } from '$lib/storage/keyring';
import { ownStanding, readOwnDevices, renameDevice, takeOut } from '$lib/state/own-devices';
import { AddDeviceFlow } from './add/add-device.svelte';
import { NewDeviceFlow } from './new/new-device.svelte';

let relay: TestRelay;
let place: SqlitePlace;
let spaces = 0;

beforeEach(async () => {
	place = createSqlitePlace();
	relay = startTestRelay(await place.open());
});

afterEach(async () => {
	await relay.close();
	await place.remove();
});

/** Gives the other side its turn, without a clock. */
const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 1));
const someone = (): Promise<Someone> => Someone.open(`demo-flow-${(spaces += 1)}` as Space, relay);

async function until(isSo: () => boolean): Promise<void> {
	for (let left = 2000; left > 0 && !isSo(); left -= 1) await turn();
	expect(isSo()).toBe(true);
}

/** Märta's phone, and a device that shows its code. */
async function meet() {
	const [phone, fresh] = [await someone(), await someone()];
	await phone.begin();
	const kept: DeviceKeys[] = [];
	const newcomer = new NewDeviceFlow({
		relay: fresh.session.relay,
		random: fresh.session.random,
		now: () => fresh.now,
		space: phone.space,
		looksLike: 'computer',
		pause: turn,
		keep: (device) => {
			kept.push(device);
			return Promise.resolve(ok(undefined));
		}
	});
	void newcomer.start();
	await until(() => newcomer.step.type === 'code');
	const code = newcomer.step.type === 'code' ? newcomer.step.code : '';
	const { recoveryCodeGroups } = await import('$lib/crypto/recovery-code');
	const text = recoveryCodeGroups(must(code || null, 'a code')).join('');
	const keeper = new AddDeviceFlow(
		{ session: phone.session, nameFor: () => 'Dator', pause: turn },
		pairingLink('https://hemlinje.test', text)
	);
	return { phone, newcomer, keeper, kept };
}

const digitsOf = (flow: NewDeviceFlow): string => (flow.step.type === 'digits' ? flow.step.digits : '');

describe('a pairing on both screens', () => {
	test('a link that was opened fills the code in, and nothing is answered before the person goes on', async () => {
		const { keeper, newcomer } = await meet();
		expect(keeper.step).toBe('code');
		expect(keeper.typed).toHaveLength(27);
		expect(newcomer.step.type).toBe('code');
		newcomer.stop();
	});

	test('the same digits, a name, and the new device is in once its person has said so too', async () => {
		const { phone, keeper, newcomer, kept } = await meet();
		await keeper.look();
		await until(() => newcomer.step.type === 'digits');
		keeper.digits = digitsOf(newcomer);
		await keeper.compare();
		expect([keeper.step, keeper.name]).toEqual(['name', 'Dator']);
		keeper.name = '  ';
		await keeper.letIn();
		expect(keeper.problem?.type).toBe('no-name');
		keeper.name = 'Datorn i köket';
		await keeper.letIn();
		expect(keeper.step).toBe('done');
		expect(kept).toHaveLength(0);
		await newcomer.confirm();
		expect(kept).toHaveLength(1);
		const { session } = phone;
		expect((await readOwnDevices(session)).map(({ name, isThis }) => [name, isThis])).toEqual([
			[null, true],
			['Datorn i köket', false]
		]);
		const own = must((await readOwnDevices(session))[0], 'this device');
		expect((await renameDevice(session, own.id, 'Telefon')).ok).toBe(true);
		expect(ownStanding(must(await session.device(), 'a device'))).toEqual({ name: 'Telefon', shutOut: null });
		const other = must((await readOwnDevices(session))[1], 'the other');
		await takeOut(session, other.id);
		expect((await readOwnDevices(session))[1]?.isLeaving).toBe(true);
		await phone.sync();
		expect(await readOwnDevices(session)).toHaveLength(1);
	});

	test('three slips, and nobody is let in: both sides say so', async () => {
		const { phone, keeper, newcomer, kept } = await meet();
		await keeper.look();
		await until(() => newcomer.step.type === 'digits');
		const wrong = digitsOf(newcomer) === '000 000' ? '111 111' : '000 000';
		for (let slip = 0; slip < 3; slip += 1) {
			keeper.digits = wrong;
			await keeper.compare();
		}
		expect([keeper.step, keeper.problem?.type]).toEqual(['code', 'stopped']);
		await newcomer.confirm();
		expect([newcomer.step.type, newcomer.problem?.type]).toEqual(['intro', 'said-no']);
		expect(kept).toHaveLength(0);
		expect(await readOwnDevices(phone.session)).toHaveLength(1);
	});

	test('a new device whose person says that they differ keeps nothing, whatever the other one does', async () => {
		const { keeper, newcomer, kept } = await meet();
		await keeper.look();
		await until(() => newcomer.step.type === 'digits');
		keeper.digits = digitsOf(newcomer);
		newcomer.deny();
		await keeper.compare();
		await keeper.letIn();
		await newcomer.confirm();
		expect([newcomer.problem?.type, kept.length]).toEqual(['stopped', 0]);
	});

	test('a mistyped code keeps its place, one that has run out is told on both sides', async () => {
		const { keeper, newcomer } = await meet();
		const typed = keeper.typed;
		keeper.typed = typed.slice(0, -1);
		await keeper.look();
		expect([keeper.problem?.type, keeper.typed]).toEqual(['wrong-length', typed.slice(0, -1)]);
		relay.clock.pass(PAIRING_LIFE_MS + 1);
		keeper.typed = typed;
		await keeper.look();
		expect([keeper.step, keeper.problem?.type]).toEqual(['code', 'not-found']);
		await until(() => newcomer.problem?.type === 'not-found');
	});
});
