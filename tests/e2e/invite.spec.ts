/** Inviting a relative by link: from the owner's kitchen table to another browser, and back out again. */

import type { Page } from '@playwright/test';
import { expect, test } from '../support/app';
import { typeBackRecoveryCode } from './support/sharing';
import { logPressure, rowsInTrends } from './support/steps';

const ARRIVES = { timeout: 20_000 };
const digitsIn = (text: string) => /(\d{3}\s*){4}/.exec(text)?.[0].replace(/\D/g, '');

/** From **Kretsen** to a link on the screen. */
async function invite(owner: Page): Promise<string> {
	await owner.goto('/circle');
	await owner.getByRole('link', { name: 'Bjud in någon' }).click();
	await owner.getByRole('button', { name: 'Nästa' }).click();
	await expect(owner.getByText('Skriv ett namn, så att du känner igen inbjudan.')).toBeVisible();
	await owner.getByLabel('Vad heter personen?').fill('Sara');
	await owner.getByLabel('Vad är personen för dig?').fill('dotter');
	await owner.getByRole('button', { name: 'Nästa' }).click();
	await owner.getByRole('group', { name: 'Blodtryck' }).getByLabel('Skriver').check();
	await owner.getByLabel('Vad heter du?').fill('Märta');
	await owner.getByRole('button', { name: 'Nästa' }).click();
	await typeBackRecoveryCode(owner);
	await owner.getByRole('button', { name: 'Gör en länk till Sara' }).click();
	await expect(owner.getByRole('heading', { name: 'Skicka länken till Sara' })).toBeVisible();
	await expect(owner.getByRole('img', { name: 'Kod med länken till Sara' })).toBeVisible(ARRIVES);
	return (await owner.locator('p.link').innerText()).trim();
}

test('a relative is invited, let in, writes, and is let go', async ({ page: owner, openPerson, problems }) => {
	test.setTimeout(120_000);
	// Her login ends with her membership; the app logs in anew and reads why.
	problems.allow(/401 \(Unauthorized\)/);
	await logPressure(owner, '1288272');
	const link = await invite(owner);
	expect(new URL(link).pathname).toBe('/circle/join');

	const sara = await openPerson();
	await test.step('the link tells what it is before it asks for a name', async () => {
		await sara.goto(link);
		await expect(sara.getByRole('heading', { name: 'Märta vill ha med dig i sin krets' })).toBeVisible();
		expect(new URL(sara.url()).hash).toBe('');
		await expect(sara.getByText('Du ser inget annat än det som står här.')).toBeVisible();
		await sara.getByLabel('Vad heter du?').fill('Sara Kvist');
		await sara.getByRole('button', { name: 'Ja, jag vill vara med' }).click();
		await expect(sara.getByRole('heading', { name: 'Ditt svar är skickat' })).toBeVisible(ARRIVES);
	});

	await test.step('the owner is asked, sees the same digits, and says yes', async () => {
		await owner.goto('/');
		await expect(owner.getByRole('heading', { name: 'Sara Kvist har svarat på din inbjudan' })).toBeVisible(ARRIVES);
		await owner.getByRole('link', { name: 'Svara' }).click();
		const asked = owner.getByRole('region', { name: 'Ska Sara Kvist släppas in?' });
		const number = digitsIn(await sara.getByRole('main').innerText());
		expect(number).toHaveLength(12);
		expect(digitsIn(await asked.innerText())).toBe(number);
		await asked.getByRole('button', { name: 'Släpp in Sara Kvist' }).click();
		await expect(owner.getByRole('table', { name: 'Vem ser vad' })).toContainText('Sara');
		await expect(owner.getByText('Du släppte in Sara Kvist')).toBeVisible();
	});

	await test.step('the relative sees the circle and writes in it', async () => {
		await expect(sara.getByRole('heading', { name: 'Du är med i Märtas krets' })).toBeVisible(ARRIVES);
		await sara.getByRole('button', { name: 'Till Märtas krets' }).click();
		await expect(sara.getByLabel('Vems värden')).toHaveText(/Märtas krets/);
		await expect(sara.getByRole('main')).toContainText('128/82', ARRIVES);
		await logPressure(sara, '1217966');
		await expect.poll(async () => (await rowsInTrends(owner)).join(), ARRIVES).toMatch(/121\s+79/);
	});

	await test.step('what she sees is told on her page, and she is let go', async () => {
		await owner.goto('/circle');
		await owner.getByRole('button', { name: 'Ändra för Sara' }).click();
		const seen = owner.getByRole('region', { name: 'Exakt det här ser Sara' });
		await expect(seen).toContainText('2 värden');
		await owner.getByRole('button', { name: 'Ta bort Sara' }).click();
		const question = owner.getByRole('dialog', { name: 'Ta bort Sara ur kretsen?' });
		await expect(question).toContainText('Det Sara redan har läst går inte att ta tillbaka.');
		await question.getByRole('button', { name: 'Ta bort Sara' }).click();
		await expect(owner.getByText('Sara är borttagen ur kretsen.')).toBeVisible(ARRIVES);
		await logPressure(owner, '1419186');
	});

	await test.step('no more values reach her, and her app says why', async () => {
		await sara.goto('/');
		await expect(sara.getByRole('heading', { name: 'Du är inte längre med i Märtas krets' })).toBeVisible(ARRIVES);
		await expect(sara.getByText('141/91')).toHaveCount(0);
		await sara.goto(link);
		await expect(sara.getByRole('heading', { name: 'Du är inte längre med i Märtas krets' })).toBeVisible(ARRIVES);
	});
});

test('a link that was taken back, or belongs elsewhere, says so', async ({ page: owner, openPerson }) => {
	await logPressure(owner, '1288272');
	const link = await invite(owner);
	await owner.getByRole('link', { name: 'Klart för nu' }).click();
	await owner.getByRole('button', { name: 'Ta tillbaka inbjudan till Sara' }).click();
	await owner.getByRole('dialog').getByRole('button', { name: 'Ta tillbaka' }).click();
	await expect(owner.getByText('Inbjudan är tillbakatagen.')).toBeVisible(ARRIVES);
	const sara = await openPerson();
	await sara.goto(link);
	await expect(sara.getByRole('heading', { name: 'Inbjudan är tillbakatagen' })).toBeVisible();
	await sara.goto('/circle/join');
	await sara.getByLabel('Länken du fick').fill(link.replace(/^https?:\/\/[^/]+/, 'https://annan.example'));
	await sara.getByRole('button', { name: 'Öppna länken' }).click();
	await expect(sara.getByText('Länken hör till en annan tjänst: https://annan.example.')).toBeVisible();
});
