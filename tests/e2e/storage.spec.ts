/** A device that cannot keep, or has not kept, what was saved: each in a sentence, with the form as typed. */

import type { Page } from '@playwright/test';
import { expect, test } from '../support/app';
import {
	delayStore,
	draftIsKept,
	expectNothingStored,
	logPressure,
	pulse,
	save,
	savedHere,
	tile,
	typePressure,
	upper
} from './support/steps';

test.use({ ownApp: false });

// A browser this strict refuses the worker too; its files would also take the room that is measured here.
test.beforeEach(({ page }) =>
	page.addInitScript(() => {
		ServiceWorkerContainer.prototype.register = () => Promise.reject(new DOMException('Refused', 'SecurityError'));
	})
);

const FULL =
	'Värdet är inte sparat: enheten är full. Det du skrev står kvar. Ta bort något annat på enheten och tryck Spara igen.';
const UNAVAILABLE = { name: 'Det går inte att spara här' };
const WIPED = { name: 'Dina värden saknas på den här enheten' };

const MEBIBYTE = 2 ** 20;

/** A device with little room from the start, and the ways to fill it up and to make room. */
async function smallDevice(
	page: Page,
	origin: string
): Promise<{ fill: () => Promise<void>; makeRoom: () => Promise<void> }> {
	const session = await page.context().newCDPSession(page);
	const setQuota = (quotaSize: number) => session.send('Storage.overrideQuotaForOrigin', { origin, quotaSize });
	await setQuota(5 * MEBIBYTE);
	return {
		async fill() {
			await setQuota(1);
			// Chromium counts down from the room it last saw; a write larger than that makes it look again.
			expect(await page.evaluate(writeInVain, 6 * MEBIBYTE)).toBe('QuotaExceededError');
		},
		makeRoom: async () => void (await setQuota(5 * MEBIBYTE))
	};
}

/** Runs in the page: writes to a database of its own, and tells the name of the error. */
function writeInVain(length: number): Promise<string> {
	return new Promise((resolve) => {
		const opening = indexedDB.open('something-else');
		opening.onupgradeneeded = () => opening.result.createObjectStore('rows');
		opening.onerror = () => resolve(opening.error?.name ?? '');
		opening.onsuccess = () => {
			const transaction = opening.result.transaction('rows', 'readwrite');
			transaction.objectStore('rows').put(
				crypto
					.getRandomValues(new Uint8Array(65_536))
					.toString()
					.repeat(length / 65_536),
				1
			);
			transaction.onabort = () => resolve(transaction.error?.name ?? '');
			transaction.oncomplete = () => resolve('written');
		};
	});
}

test('a person with a full device is told so, keeps what was typed, and saves when there is room', async ({
	page,
	app
}) => {
	const device = await smallDevice(page, app.origin);
	await typePressure(page, '1288272');
	await draftIsKept(page);
	await device.fill();
	await save(page).click();
	const told = page.getByRole('alert').filter({ hasText: FULL });
	await expect(told).toBeVisible();
	await expect(told).toBeFocused();
	await expect(upper(page)).toHaveValue('128');
	await expect(pulse(page)).toHaveValue('72');
	await expect(savedHere(page)).toBeHidden();

	await device.makeRoom();
	await save(page).click();
	await expect(savedHere(page)).toBeVisible();
	await page.goto('/');
	await expect(tile(page, 'Blodtryck')).toContainText('128/82');
});

test('a device that fills up later keeps what it has and says so at the next value', async ({ page, app }) => {
	const device = await smallDevice(page, app.origin);
	await logPressure(page, '1288272');
	await page.getByRole('button', { name: 'Mät igen' }).click();
	await expect(upper(page)).toBeFocused();
	await device.fill();
	await page.keyboard.type('1317964');
	await save(page).click();
	await expect(page.getByRole('alert').filter({ hasText: FULL })).toBeVisible();
	await expect(upper(page)).toHaveValue('131');
	await page.goto('/');
	await expect(tile(page, 'Blodtryck')).toContainText('128/82');
});

test('a device that was full from the start says so instead of a blank page', async ({ page, app }) => {
	const session = await page.context().newCDPSession(page);
	await session.send('Storage.overrideQuotaForOrigin', { origin: app.origin, quotaSize: 1 });
	await page.goto('/record');
	await expect(page.getByRole('heading', { name: 'Enheten är full' })).toBeVisible();
	await expect(page.getByText('Inget du sparat tidigare är borta.')).toBeVisible();
	await session.send('Storage.overrideQuotaForOrigin', { origin: app.origin, quotaSize: 5 * MEBIBYTE });
	await page.getByRole('button', { name: 'Försök igen' }).click();
	await expect(upper(page)).toBeVisible();
});

/** Ways a browser refuses its database. */
const refusals: readonly { readonly what: string; readonly refuse: () => void }[] = [
	{
		what: 'has no database',
		refuse: () => Object.defineProperty(globalThis, 'indexedDB', { value: undefined, configurable: true })
	},
	{
		what: 'forbids its database',
		refuse: () =>
			Object.defineProperty(globalThis, 'indexedDB', {
				configurable: true,
				get: () => {
					throw new DOMException('The operation is insecure.', 'SecurityError');
				}
			})
	},
	{
		what: 'cannot open its database',
		refuse: () => {
			IDBFactory.prototype.open = () => {
				throw new DOMException(
					'A mutation operation was attempted on a database that did not allow mutations.',
					'InvalidStateError'
				);
			};
		}
	}
];

for (const { what, refuse } of refusals)
	test(`a person whose browser ${what} is told on every screen what to do`, async ({ page }) => {
		await page.addInitScript(refuse);
		for (const path of ['/', '/record', '/trends', '/circle']) {
			await page.goto(path);
			await expect(page.getByRole('heading', UNAVAILABLE), path).toBeVisible();
		}
		await expect(page.getByText('Öppna Hemlinje i ett vanligt fönster')).toBeVisible();
		await expect(page.getByRole('button', { name: 'Försök igen' })).toBeVisible();
	});

test('a browser that stops letting the app save in the middle of an entry keeps the form', async ({ page }) => {
	await typePressure(page, '1288272');
	await page.evaluate(() => {
		IDBObjectStore.prototype.put = IDBObjectStore.prototype.add = () => {
			throw new DOMException('Internal error.', 'UnknownError');
		};
	});
	await save(page).click();
	await expect(page.getByRole('alert').filter({ hasText: 'Värdet är inte sparat' })).toContainText(
		'webbläsaren låter inte appen spara här. Det händer i privat läge. Det du skrev står kvar.'
	);
	await expect(upper(page)).toHaveValue('128');
	await expect(savedHere(page)).toBeHidden();
	await expectNothingStored(page);
});

test('a form typed in before the store turns out to be closed stays, and says so at the save', async ({ page }) => {
	let openStore: () => void = () => undefined;
	const mayOpen = new Promise<void>((resolve) => (openStore = resolve));
	await page.addInitScript(() => {
		IDBFactory.prototype.open = () => {
			throw new DOMException('Refused.', 'SecurityError');
		};
	});
	await delayStore(page, mayOpen);
	await typePressure(page, '1288272');
	openStore();
	await save(page).click();
	await expect(page.getByRole('alert').filter({ hasText: 'Värdet är inte sparat' })).toContainText(
		'Det du skrev står kvar.'
	);
	await expect(upper(page)).toHaveValue('128');
	await page.unrouteAll({ behavior: 'ignoreErrors' });
});

test('a person whose browser refuses everything but the database saves all the same', async ({ page }) => {
	await page.addInitScript(() => {
		for (const name of ['localStorage', 'sessionStorage'])
			Object.defineProperty(globalThis, name, {
				configurable: true,
				get: () => {
					throw new DOMException('Access is denied for this document.', 'SecurityError');
				}
			});
		navigator.storage.persist = () => Promise.resolve(false);
		navigator.storage.persisted = () => Promise.resolve(false);
	});
	await logPressure(page, '1288272');
	await page.goto('/');
	await expect(tile(page, 'Blodtryck')).toContainText('128/82');
	await page.goto('/settings');
	await page.getByLabel('Mörkt').check();
	await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
});

test('a person whose browser fails when asked to keep the data saves all the same', async ({ page }) => {
	await page.addInitScript(() => {
		navigator.storage.persist = () => Promise.reject(new TypeError('Not allowed'));
	});
	await logPressure(page, '1288272');
});

/** What a browser does when it clears site data, in whole or in part; the marker in localStorage stays. */
async function wipe(page: Page, origin: string, how: 'all' | 'keys'): Promise<void> {
	if (how === 'all') {
		const session = await page.context().newCDPSession(page);
		await session.send('Storage.clearDataForOrigin', { origin, storageTypes: 'indexeddb' });
		return;
	}
	await page.evaluate(
		(table) =>
			new Promise<void>((resolve) => {
				const opening = indexedDB.open('hemlinje-real');
				opening.onsuccess = () => {
					const transaction = opening.result.transaction(table, 'readwrite');
					transaction.objectStore(table).clear();
					transaction.oncomplete = () => {
						opening.result.close();
						resolve();
					};
				};
			}),
		how
	);
}

async function identitiesOnDevice(page: Page): Promise<number> {
	return page.evaluate(
		() =>
			new Promise<number>((resolve) => {
				const opening = indexedDB.open('hemlinje-real');
				opening.onsuccess = () => {
					const database = opening.result;
					const count = database.transaction('keys').objectStore('keys').count(IDBKeyRange.only('device'));
					count.onsuccess = () => {
						database.close();
						resolve(count.result);
					};
				};
			})
	);
}

for (const how of ['all', 'keys'] as const)
	test(`a person whose browser has emptied ${how === 'all' ? 'the whole database' : 'the keys'} is told that values are missing, and no new identity is made`, async ({
		page,
		app
	}) => {
		await logPressure(page, '1288272');
		await wipe(page, app.origin, how);
		for (const path of ['/record', '/trends', '/']) {
			await page.goto(path);
			await expect(page.getByRole('heading', WIPED), path).toBeVisible();
			await expect(upper(page)).toBeHidden();
		}
		await page.getByRole('button', { name: 'Försök igen' }).click();
		await expect(page.getByRole('heading', WIPED)).toBeVisible();
		expect(await identitiesOnDevice(page)).toBe(0);

		// The way on is the person's own choice, and named.
		await page.getByRole('button', { name: 'Börja om från tomt' }).click();
		const dialog = page.getByRole('dialog', { name: 'Börja om från tomt på den här enheten?' });
		await dialog.getByRole('button', { name: 'Avbryt' }).click();
		await expect(page.getByRole('heading', WIPED)).toBeVisible();
		await page.getByRole('button', { name: 'Börja om från tomt' }).click();
		await dialog.getByRole('button', { name: 'Börja om från tomt' }).click();
		await expect(page.getByRole('heading', { name: 'Börja med ett värde' })).toBeVisible();
		await logPressure(page, '1317964');
	});

test('a database emptied under an open form is not written to as if it were new', async ({ page, app }) => {
	await logPressure(page, '1288272');
	await typePressure(page, '1317964');
	await draftIsKept(page);
	await wipe(page, app.origin, 'all');
	await save(page).click();
	await expect(page.getByRole('alert').filter({ hasText: 'Värdet är inte sparat' })).toContainText(
		'det som fanns på enheten är borta. Det du skrev står kvar.'
	);
	await expect(upper(page)).toHaveValue('131');
	await page.goto('/');
	await expect(page.getByRole('heading', WIPED)).toBeVisible();
});
