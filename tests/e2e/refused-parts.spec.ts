/**
 * Q3, Q5: browsers that lack or refuse a part the app would use: private windows, lockdown, old ones. The person records, sees
 * and backs up all the same, or reads a sentence; nothing fails unheard.
 */

import { expect, test } from '../support/app';
import { typeBackRecoveryCode } from './support/sharing';
import { countInTrends, logPressure, save, savedHere, tile, upper } from './support/steps';

test.use({ ownApp: false, withWorker: false });

/** What the browser does not have, taken away before the app's first line. */
const parts: readonly { readonly what: string; readonly take: () => void }[] = [
	{
		what: 'has no Web Locks and no BroadcastChannel',
		take: () => {
			Object.defineProperty(Navigator.prototype, 'locks', { value: undefined, configurable: true });
			Object.defineProperty(globalThis, 'BroadcastChannel', { value: undefined, configurable: true });
		}
	},
	{
		what: 'refuses Web Locks',
		take: () => {
			LockManager.prototype.request = () => Promise.reject(new DOMException('Refused', 'SecurityError'));
		}
	},
	{
		what: 'knows no Ed25519 and no X25519',
		take: () => {
			const names = ['generateKey', 'importKey', 'deriveBits', 'sign', 'verify'] as const;
			for (const name of names) {
				const original = Reflect.get(SubtleCrypto.prototype, name) as (...args: unknown[]) => Promise<unknown>;
				Reflect.set(SubtleCrypto.prototype, name, function (this: SubtleCrypto, ...args: unknown[]) {
					if (!/Ed25519|X25519/.test(JSON.stringify(args))) return Reflect.apply(original, this, args);
					return Promise.reject(new DOMException('Unrecognized name.', 'NotSupportedError'));
				});
			}
		}
	},
	{
		what: 'keeps no keys in its database, and makes none',
		take: () => {
			for (const name of ['put', 'add'] as const) {
				const original = Reflect.get(IDBObjectStore.prototype, name) as (...args: unknown[]) => IDBRequest;
				Reflect.set(IDBObjectStore.prototype, name, function (this: IDBObjectStore, ...args: unknown[]) {
					const isKey = (value: unknown): boolean =>
						value instanceof CryptoKey ||
						(typeof value === 'object' && value !== null && Object.values(value).some(isKey));
					if (isKey(args[0])) throw new DOMException('A CryptoKey could not be cloned.', 'DataCloneError');
					return Reflect.apply(original, this, args);
				});
			}
			for (const name of ['importKey', 'generateKey'] as const)
				Reflect.set(SubtleCrypto.prototype, name, () =>
					Promise.reject(new DOMException('The operation is not supported.', 'NotSupportedError'))
				);
		}
	}
];

for (const { what, take } of parts)
	test(`Q5: a person whose browser ${what} records, sees, and backs up`, async ({ page }) => {
		await page.addInitScript(take);
		await logPressure(page, '1288272');
		await page.goto('/settings/code');
		await page.getByRole('button', { name: 'Gör en återställningskod' }).click();
		await typeBackRecoveryCode(page);
		await expect(page.getByRole('heading', { name: 'Koden gäller nu' })).toBeVisible();
		await logPressure(page, '1317964');
		await page.goto('/');
		await expect(tile(page, 'Blodtryck')).toContainText('131/79');
		await expect(page.getByText('Säkerhetskopierat', { exact: true }).first()).toBeVisible();
		expect(await countInTrends(page)).toBe(2);
	});

test('Q3: a person whose browser promises nothing is told once, and where to turn', async ({ page }) => {
	await page.addInitScript(() => {
		navigator.storage.persist = () => Promise.resolve(false);
		navigator.storage.persisted = () => Promise.resolve(false);
	});
	await logPressure(page, '1288272');
	await page.goto('/');
	const told = page.getByRole('region', { name: 'Webbläsaren kan rensa dina värden' });
	await expect(told).toContainText('Den lovar inte att behålla dem om enheten blir full.');
	await expect(told.getByRole('link', { name: 'Se hur jag gör' })).toHaveAttribute('href', '/settings/safety');
	await told.getByRole('button', { name: 'Jag har läst' }).click();
	await expect(told).toBeHidden();
	await logPressure(page, '1317964');
	await page.goto('/');
	await expect(tile(page, 'Blodtryck')).toContainText('131/79');
	await expect(page.getByRole('heading', { name: 'Låt vården se' })).toBeVisible();
	await expect(told).toBeHidden();
});

test('Q3: asked to keep the values and refusing, the browser is named, and a file is what is left to do', async ({
	page
}) => {
	await page.addInitScript(() => {
		navigator.storage.persist = () => Promise.resolve(false);
		navigator.storage.persisted = () => Promise.resolve(false);
	});
	await logPressure(page, '1288272');
	await page.goto('/settings/code');
	await page.getByRole('button', { name: 'Gör en återställningskod' }).click();
	await typeBackRecoveryCode(page);
	await expect(page.getByRole('heading', { name: 'Koden gäller nu' })).toBeVisible();
	await page.goto('/settings/safety');
	await page.getByRole('button', { name: 'Be webbläsaren behålla dem' }).click();
	await expect(page.getByText('Webbläsaren lovar inget än.')).toBeVisible();
	await expect(page.getByRole('link', { name: 'Spara filen' })).toBeVisible();
});

test('Q3: a person whose browser has promised to keep the values is told nothing', async ({ page }) => {
	await page.addInitScript(() => {
		navigator.storage.persisted = () => Promise.resolve(true);
	});
	await logPressure(page, '1288272');
	await page.goto('/');
	await expect(tile(page, 'Blodtryck')).toContainText('128/82');
	await page.evaluate(() => new Promise((resolve) => requestIdleCallback(resolve, { timeout: 2000 })));
	await expect(page.getByRole('heading', { name: 'Webbläsaren kan rensa dina värden' })).toBeHidden();
});

/** The device makes no random numbers any more; afterwards `resumed` sets it going again. */
function stopGenerator(): void {
	const works = Object.getOwnPropertyDescriptor(Crypto.prototype, 'getRandomValues') ?? {};
	Crypto.prototype.getRandomValues = () => {
		throw new DOMException('No entropy.', 'OperationError');
	};
	Reflect.set(globalThis, 'resumed', () => Object.defineProperty(Crypto.prototype, 'getRandomValues', works));
}

test('K2: a person whose device makes no random numbers is told before they type', async ({ page }) => {
	await page.addInitScript(stopGenerator);
	await page.goto('/record');
	await expect(page.getByRole('heading', { name: 'Det går inte att spara här' })).toBeVisible();
});

test('K2: where it stops in the middle it is said, what they typed stands, and is saved once it goes again', async ({
	page,
	problems
}) => {
	problems.allow(/No entropy/);
	await logPressure(page, '1288272');
	// In the same page: its storage is open.
	await page.getByRole('button', { name: 'Mät igen' }).click();
	await page.keyboard.type('1317964');
	await page.evaluate(stopGenerator);
	await save(page).click();
	await expect(page.getByText('Det är inte sparat. Det du skrev står kvar. Försök igen.')).toBeVisible();
	await expect(upper(page)).toHaveValue('131');
	await page.evaluate(() => (Reflect.get(globalThis, 'resumed') as () => unknown)() && undefined);
	await save(page).click();
	await expect(savedHere(page)).toBeVisible();
	expect(await countInTrends(page)).toBe(2);
});
