import { describe, expect, test } from 'vitest';
import { TestLockTools } from '../../../tests/support/lock-tools';
import { PASSPHRASE_COST } from '$lib/crypto/lock-keys';
import { toBase64url, utf8 } from '$lib/crypto/bytes';
import type { LockFacts, LockWay } from '$lib/state/locking';
import { UnlockFlow } from './unlock-flow.svelte';

const WORDS = 'gröna båtar sjunger högt';
const PASSPHRASE: LockWay = { kind: 'passphrase', salt: utf8('sixteen bytes :)'), ...PASSPHRASE_COST };
const PASSKEY: LockWay = { kind: 'passkey', credential: utf8('a passkey'), salt: utf8('its input'), at: 1 };

async function flow(ways: LockFacts['ways'] = [PASSPHRASE, PASSKEY], waiting = 0) {
	const tools = new TestLockTools();
	const right = toBase64url(await tools.derive(WORDS, PASSPHRASE.salt).then((key) => key ?? utf8('')));
	const tried: string[] = [];
	const made = new UnlockFlow({ ways, waiting }, tools, ({ key }) => {
		tried.push(toBase64url(key));
		return Promise.resolve(toBase64url(key) === right);
	});
	return { made, tools, tried };
}

describe('A10: opening the lock', () => {
	test('a wrong passphrase keeps what was typed, says so, and can be tried again at once, any number of times', async () => {
		const { made, tried } = await flow();
		for (let i = 0; i < 50; i += 1) {
			made.passphrase = `inte de orden ${i}`;
			await made.byPassphrase();
			expect([made.problem, made.passphrase, made.working]).toEqual(['wrong', `inte de orden ${i}`, null]);
		}
		made.passphrase = WORDS;
		await made.byPassphrase();
		expect([made.problem, tried.length]).toEqual([null, 51]);
	});

	test('nothing typed is not tried, and a press while it works does nothing', async () => {
		const { made, tried } = await flow();
		made.passphrase = '  ';
		await made.byPassphrase();
		expect([made.problem, tried.length]).toEqual(['empty', 0]);
		made.passphrase = WORDS;
		await Promise.all([made.byPassphrase(), made.byPassphrase()]);
		expect(tried).toHaveLength(1);
	});

	test('a passkey that is gone, gives no key or opens nothing is told by name, and the words still open', async () => {
		const { made, tools } = await flow();
		await made.byPasskey();
		expect(made.problem).toBe('passkey-unused');
		tools.refuses = { type: 'passkey-without-key' };
		await made.byPasskey();
		expect(made.problem).toBe('passkey-without-key');
		tools.refuses = null;
		tools.drawer.set(toBase64url(utf8('a passkey')), utf8('of another lock'));
		await made.byPasskey();
		expect(made.problem).toBe('passkey-opens-nothing');
		made.passphrase = WORDS;
		await made.byPassphrase();
		expect(made.problem).toBeNull();
	});

	test('a device without memory, or that cannot be read, changes nothing and says so', async () => {
		const { made, tools } = await flow();
		made.passphrase = WORDS;
		tools.isWorn = true;
		await made.byPassphrase();
		expect([made.problem, made.passphrase]).toEqual(['too-slow', WORDS]);
		const broken = new UnlockFlow({ ways: [PASSPHRASE], waiting: 0 }, new TestLockTools(), () =>
			Promise.reject(new Error('the disk is away'))
		);
		broken.passphrase = WORDS;
		await broken.byPassphrase();
		expect([broken.problem, broken.working]).toEqual(['failed', null]);
	});

	test('it knows which ways there are, and what nobody else has', async () => {
		const { made } = await flow([PASSPHRASE], 3);
		expect([made.hasPassphrase, made.hasPasskey, made.waiting]).toEqual([true, false, 3]);
	});
});
