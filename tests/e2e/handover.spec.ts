/** Sara begins for her mother, who has no phone with the app, and hands the circle over when she has: from first start to both. */

import type { Page } from '@playwright/test';
import { expect, test } from '../support/app';
import { typeBackRecoveryCode } from './support/sharing';
import { logPressure, rowsInTrends } from './support/steps';

const ARRIVES = { timeout: 20_000 };
const digitsIn = (text: string) => /(\d{3}\s*){4}/.exec(text)?.[0].replace(/\D/g, '');

/** From the first start to a circle of Märta's on Sara's phone. */
async function begin(sara: Page): Promise<void> {
	await sara.goto('/');
	await sara.getByRole('link', { name: 'Jag hjälper någon' }).click();
	await sara.getByRole('link', { name: 'Börja åt någon annan' }).click();
	await expect(sara.getByRole('heading', { level: 1, name: 'Börja åt någon annan' })).toBeVisible();
	await sara.getByRole('button', { name: 'Börja', exact: true }).click();
	await expect(sara.getByText('Skriv personens namn.')).toBeVisible();
	await expect(sara.getByText('Prata med personen först.')).toBeVisible();
	await sara.getByLabel('Vad heter personen?').fill('Märta');
	await sara.getByLabel('Vad heter du?').fill('Sara');
	await sara.getByLabel('Personen har sagt ja').check();
	await sara.getByRole('button', { name: 'Börja', exact: true }).click();
	await expect(sara.getByLabel('Vems värden')).toHaveText(/Märtas krets/);
}

/** From **Kretsen** to the link on the screen. */
async function makeLink(sara: Page): Promise<string> {
	await sara.goto('/circle');
	await expect(sara.getByRole('heading', { name: 'Du sköter kretsen åt Märta' })).toBeVisible();
	await sara.getByRole('link', { name: 'Lämna över till Märta' }).click();
	await expect(sara.getByText('Det går inte att ta tillbaka.')).toBeVisible();
	await sara.getByRole('button', { name: 'Gör länken' }).click();
	await typeBackRecoveryCode(sara);
	await expect(sara.getByRole('heading', { name: 'Skicka länken till Märta' })).toBeVisible();
	await expect(sara.getByRole('img', { name: 'Kod med länken till Märta' })).toBeVisible(ARRIVES);
	return (await sara.locator('p.link').innerText()).trim();
}

/** Märta opens the link, and answers. */
async function takeOver(marta: Page, link: string): Promise<void> {
	await marta.goto(link);
	await expect(marta.getByRole('heading', { name: 'Sara vill lämna över Märtas krets till dig' })).toBeVisible();
	await expect(marta.getByLabel('Vad heter du?')).toHaveValue('Märta');
	await marta.getByLabel('Vad heter du?').fill('Märta Nilsson');
	await marta.getByRole('button', { name: 'Ja, jag tar över' }).click();
	await expect(marta.getByRole('heading', { name: 'Ditt svar är skickat' })).toBeVisible(ARRIVES);
}

/** Sara compares the digits and says yes. */
async function handOver(sara: Page, marta: Page): Promise<void> {
	await sara.goto('/');
	await expect(sara.getByRole('heading', { name: 'Märta Nilsson har svarat på din inbjudan' })).toBeVisible(ARRIVES);
	await sara.getByRole('link', { name: 'Svara' }).click();
	const asked = sara.getByRole('region', { name: 'Ska Märta Nilsson ta över kretsen?' });
	const number = digitsIn(await marta.getByRole('main').innerText());
	expect(number).toHaveLength(12);
	expect(digitsIn(await asked.innerText())).toBe(number);
	await asked.getByRole('button', { name: 'Lämna över till Märta Nilsson' }).click();
	await expect(sara.getByText('Du lämnade över kretsen till Märta Nilsson')).toBeVisible();
	await expect(marta.getByRole('heading', { name: 'Nu är det din krets' })).toBeVisible(ARRIVES);
}

test('a circle is begun for somebody, handed over, and goes on with both', async ({ page: sara, openPerson }) => {
	test.setTimeout(150_000);
	await begin(sara);
	await logPressure(sara, '1288272');
	const link = await makeLink(sara);

	const marta = await openPerson();
	await takeOver(marta, link);
	await handOver(sara, marta);

	await test.step('it is the person’s own, and she makes a code of her own', async () => {
		await marta.getByRole('link', { name: 'Gör en återställningskod' }).click();
		await expect(marta.getByRole('heading', { name: 'Återställningskod' })).toBeVisible();
		await marta.goto('/');
		await expect(marta.getByText('Mina värden')).toBeVisible();
		await expect(marta.getByRole('main')).toContainText('128/82', ARRIVES);
		await logPressure(marta, '1217966');
		await expect.poll(async () => (await rowsInTrends(sara)).join(), ARRIVES).toMatch(/121\s+79/);
		await logPressure(sara, '1338470');
		await expect.poll(async () => (await rowsInTrends(marta)).join(), ARRIVES).toMatch(/133\s+84/);
	});

	await test.step('what has happened stands on both sides in plain words', async () => {
		await marta.goto('/circle');
		await expect(marta.getByText('Sara lämnade över kretsen till dig')).toBeVisible();
		await expect(marta.getByText('Du tog över kretsen')).toBeVisible(ARRIVES);
		await expect(marta.getByRole('table', { name: 'Vem ser vad' })).toContainText('Sara');
		await sara.goto('/circle');
		await expect(sara.getByText('Märta Nilsson tog över kretsen')).toBeVisible(ARRIVES);
		await expect(sara.getByRole('heading', { name: 'Du sköter kretsen åt Märta' })).toHaveCount(0);
		await sara.getByRole('button', { name: 'Ändra för Märta' }).click();
		await expect(sara.getByRole('heading', { name: 'Har Märta blivit av med alla sina enheter?' })).toBeVisible();
		await sara.getByRole('link', { name: 'Spara allt i en fil' }).click();
		await expect(sara.getByRole('heading', { name: 'Spara Märta Nilssons krets i en fil' })).toBeVisible();
	});
});

test('somebody who has begun by herself keeps what she has written, in the one circle', async ({
	page: sara,
	openPerson
}) => {
	test.setTimeout(150_000);
	await begin(sara);
	await logPressure(sara, '1288272');
	const marta = await openPerson();
	await logPressure(marta, '1419188');
	await takeOver(marta, await makeLink(sara));
	await handOver(sara, marta);
	await expect.poll(async () => (await rowsInTrends(marta)).length, ARRIVES).toBe(2);
	await expect(marta.getByText('Mina värden')).toBeVisible();
	await expect.poll(async () => (await rowsInTrends(sara)).join(), ARRIVES).toMatch(/141\s+91/);
});

test('a circle that is not handed over is taken away by name', async ({ page: sara }) => {
	await begin(sara);
	await logPressure(sara, '1288272');
	await sara.goto('/circle');
	await sara.getByRole('button', { name: 'Ta bort Märtas krets' }).click();
	const dialog = sara.getByRole('dialog', { name: 'Ta bort Märtas krets?' });
	await expect(dialog).toContainText('Det går inte att ångra.');
	await dialog.getByRole('button', { name: 'Ta bort', exact: true }).click();
	await expect(sara.getByRole('heading', { name: 'Börja med ett värde' })).toBeVisible();
});
