/** The same person in two tabs: one log, one sequence, nothing lost. */

import type { Page } from '@playwright/test';
import { expect, test } from '../support/app';
import {
	keptDrafts,
	countInTrends,
	logPressure,
	rowsInTrends,
	save,
	savedHere,
	tile,
	typePressure,
	upper
} from './support/steps';

test.use({ ownApp: false });

const SAVES = 25;

test('a value saved in one tab appears in the other without a reload', async ({ page, context }) => {
	const other = await context.newPage();
	await logPressure(page, '1288272');
	await other.goto('/');
	await expect(tile(other, 'Blodtryck')).toContainText('128/82');
	await page.getByRole('button', { name: 'Mät igen' }).click();
	await expect(upper(page)).toBeFocused();
	await page.keyboard.type('1317964');
	await save(page).click();
	await expect(savedHere(page)).toBeVisible();
	await expect(tile(other, 'Blodtryck')).toContainText('131/79');
	await page.getByRole('button', { name: 'Ångra' }).click();
	await expect(tile(other, 'Blodtryck')).toContainText('128/82');
});

test('the very first value appears in a tab that was open before it', async ({ page, context }) => {
	const other = await context.newPage();
	await other.goto('/');
	await expect(other.getByRole('heading', { name: 'Börja med ett värde' })).toBeVisible();
	await logPressure(page, '1288272');
	await expect(tile(other, 'Blodtryck')).toContainText('128/82');
});

test('a second tab does not take up what is being typed in the first, and each finds its own again', async ({
	page,
	context
}) => {
	await typePressure(page, '128');
	const other = await context.newPage();
	await typePressure(other, '131');
	await expect(upper(other)).toHaveValue('131');
	await expect(upper(page)).toHaveValue('128');
	await expect.poll(() => page.evaluate(keptDrafts)).toBe(2);
	for (const [tab, typed] of [
		[other, '131'],
		[page, '128']
	] as const) {
		await tab.reload();
		await expect(upper(tab)).toHaveValue(typed);
	}
	// A tab that is gone leaves its draft to the next one.
	await page.close();
	const third = await context.newPage();
	await third.goto('/record');
	await expect(upper(third)).toHaveValue('128');
});

test('two tabs that save the very first value at once make one log', async ({ page, context }) => {
	const other = await context.newPage();
	for (const tab of [page, other]) {
		await tab.goto('/record');
		await expect(upper(tab)).toBeFocused();
	}
	await page.keyboard.type('1288272');
	await other.keyboard.type('1317964');
	await Promise.all([save(page).click(), save(other).click()]);
	await expect(savedHere(page)).toBeVisible();
	await expect(savedHere(other)).toBeVisible();
	expect(await countInTrends(page)).toBe(2);
	expect(await devicesOf(page)).toBe(1);
});

test(`two tabs with ${SAVES} quick saves each lose none and number each once`, async ({ page, context }) => {
	const other = await context.newPage();
	for (const tab of [page, other]) await tab.goto('/record');
	await Promise.all([saveMany(page, 100), saveMany(other, 130)]);
	const rows = await rowsInTrends(page);
	expect(rows).toHaveLength(2 * SAVES);
	// Every value is there, and once.
	const systolic = rows.map((row) => Number(row.split('\t')[1]));
	expect([...systolic].sort((a, b) => a - b)).toEqual([...numbersFrom(100), ...numbersFrom(130)]);
	expect(await sequence(page)).toEqual(Array.from({ length: 2 * SAVES }, (_, index) => index + 1));
	// The other tab has them too, without having read them from anywhere but the device.
	expect(await countInTrends(other)).toBe(2 * SAVES);
});

const numbersFrom = (first: number): number[] => Array.from({ length: SAVES }, (_, index) => first + index);

/** Through the form, faster than any hand: the page itself types, saves and goes on as soon as it is told it was saved. */
function saveMany(tab: Page, first: number): Promise<void> {
	return tab.evaluate(async (values) => {
		const until = async <T>(find: () => T | null | undefined): Promise<T> => {
			for (;;) {
				const found = find();
				if (found) return found;
				await new Promise<void>((resolve) => {
					const observer = new MutationObserver(() => {
						observer.disconnect();
						resolve();
					});
					observer.observe(document.body, { childList: true, subtree: true, characterData: true });
				});
			}
		};
		for (const systolic of values) {
			const form = await until(() => document.querySelector('form'));
			const [above, below] = form.querySelectorAll('input');
			for (const [input, text] of [
				[above, String(systolic)],
				[below, '70']
			] as const) {
				if (!input) throw new Error('The form has a field for each pressure');
				input.value = text;
				input.dispatchEvent(new Event('input', { bubbles: true }));
			}
			form.requestSubmit();
			const again = await until(() =>
				[...document.querySelectorAll('button')].find((button) => button.textContent.trim() === 'Mät igen')
			);
			again.click();
		}
	}, numbersFrom(first));
}

/** Sequence numbers of this device's frames of blood pressure as they lie in the database, in order. */
async function sequence(page: Page): Promise<number[]> {
	const rows = await framesOf(page);
	return rows.map(({ seq }) => seq).sort((a, b) => a - b);
}

async function devicesOf(page: Page): Promise<number> {
	return new Set((await framesOf(page)).map(({ device }) => device)).size;
}

function framesOf(page: Page): Promise<{ seq: number; device: string }[]> {
	return page.evaluate(
		() =>
			new Promise<{ seq: number; device: string }[]>((resolve, reject) => {
				const opening = indexedDB.open('hemlinje-real');
				opening.onerror = () => reject(opening.error ?? new Error('The database does not open'));
				opening.onsuccess = () => {
					const database = opening.result;
					const all = database.transaction('frames').objectStore('frames').getAll();
					all.onsuccess = () => {
						database.close();
						resolve((all.result as { seq: number; device: string }[]).map(({ seq, device }) => ({ seq, device })));
					};
				};
			})
	);
}
