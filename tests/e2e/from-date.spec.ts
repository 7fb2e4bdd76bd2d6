/** Sharing from a day on: the nurse sees the window alone, is told so, and the person is asked before older is written. */
import type { Page } from '@playwright/test';
import { expect, test } from '../support/app';
import {
	acceptAndOpen,
	cardLink,
	enrolmentLink,
	shareButton,
	startUnit,
	typeBackRecoveryCode
} from './support/sharing';
import { logPressure, save, savedHere, upper } from './support/steps';

const NAME = 'Märta Kvist';
const ARRIVES = { timeout: 20_000 };

test.setTimeout(120_000);

/** The local day so many days ago, as a date field has it. */
const dayBefore = (days: number): string =>
	new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Stockholm' }).format(Date.now() - days * 86_400_000);

async function logOn(page: Page, digits: string, days: number): Promise<void> {
	await page.goto('/record');
	await expect(upper(page)).toBeFocused();
	await page.keyboard.type(digits);
	await page.getByRole('button', { name: /^Tid: / }).click();
	await page.getByLabel('Dag', { exact: true }).fill(dayBefore(days));
	await save(page).click();
}

test('the nurse sees from the day that was chosen, and the person is asked before something older is saved', async ({
	page: patient,
	app,
	openPerson
}) => {
	await logOn(patient, '1518270', 60);
	await expect(savedHere(patient)).toBeVisible();
	await logOn(patient, '1428070', 10);
	await expect(savedHere(patient)).toBeVisible();
	const nurse = await openPerson();
	await startUnit(nurse, await enrolmentLink(app));
	const card = await cardLink(nurse);

	await test.step('everything is the first answer, and a day is one fold away', async () => {
		await patient.goto(card);
		await expect(patient.getByText('Anna Bergqvist får också se det du redan har skrivit')).toBeVisible();
		await patient.getByRole('button', { name: 'Dela bara från en viss dag' }).click();
		await patient.getByLabel('De senaste 30 dagarna').check();
		await patient.getByLabel('Vad heter du?').fill(NAME);
		await patient.getByRole('button', { name: 'Nästa' }).click();
		await typeBackRecoveryCode(patient);
		await expect(patient.getByText('1 värde, från').first()).toBeVisible();
		await expect(patient.getByText('Det som är äldre kan Anna Bergqvist inte läsa.')).toBeVisible();
		await shareButton(patient).click();
		await expect(patient.getByRole('heading', { name: /^Nu delar du med / })).toBeVisible();
	});

	await test.step('the nurse sees the window, and that it is one', async () => {
		await acceptAndOpen(nurse, NAME);
		await expect(nurse.getByRole('region', { name: 'Senaste värden' })).toContainText('142/80', ARRIVES);
		await expect(nurse.getByText('151/82')).toHaveCount(0);
		await expect(nurse.getByText(/^Delat från /).first()).toBeVisible();
	});

	await test.step('something older is asked about, naming who will see it, and no is no', async () => {
		await logOn(patient, '1618470', 50);
		const question = patient.getByRole('dialog', { name: 'Ska Anna se det här?' });
		await expect(question).toContainText('Anna har fått se från');
		await question.getByRole('button', { name: 'Ändra' }).click();
		await expect(patient.getByText('Inget är sparat än.')).toBeVisible();
		await save(patient).click();
		await question.getByRole('button', { name: 'Ja, spara' }).click();
		await expect(savedHere(patient)).toBeVisible();
		await nurse.goto('/panel');
		await nurse.getByRole('link', { name: NAME }).first().click();
		await expect(nurse.getByText('161/84').first()).toBeVisible(ARRIVES);
	});

	await test.step('what is measured now is asked about by nobody, and Kretsen says from when', async () => {
		await logPressure(patient, '1317964');
		await patient.goto('/circle');
		await expect(patient.getByText(/^Anna ser från \d+ /)).toBeVisible();
		await expect(patient.getByText(/^Från \d+ /)).toBeVisible();
	});
});
