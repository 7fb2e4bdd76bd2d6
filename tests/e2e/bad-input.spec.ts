/** What cannot be a reading is told in a sentence at its field; the form stays as typed and nothing is stored. */

import type { Locator, Page } from '@playwright/test';
import { expect, test } from '../support/app';
import { expectNothingStored, lower, pulse, save, savedHere, upper } from './support/steps';

// Neither the relay nor the worker has a part in this.
test.use({ ownApp: false, withWorker: false });

interface Impossible {
	readonly what: string;
	readonly typed: readonly [upper: string, lower: string, pulse: string];
	readonly at: 'upper' | 'lower' | 'pulse';
	readonly sentence: string;
}

const RANGE = 'Talet ska ligga mellan 40 och 300.';
const KILOPASCAL = 'Talet ska ligga mellan 40 och 300. Menar du kPa?';

const impossible: readonly Impossible[] = [
	{ what: 'nothing', typed: ['', '', ''], at: 'upper', sentence: 'Skriv det övre talet här.' },
	{ what: 'an upper number alone', typed: ['128', '', ''], at: 'lower', sentence: 'Skriv det undre talet här.' },
	{ what: 'letters', typed: ['abc', '82', '72'], at: 'upper', sentence: 'Skriv med siffror.' },
	{ what: 'letters among digits', typed: ['12x', '82', '72'], at: 'upper', sentence: 'Skriv med siffror.' },
	{ what: 'a decimal comma', typed: ['128,5', '82', ''], at: 'upper', sentence: 'Skriv ett helt tal, utan decimaler.' },
	{ what: 'a decimal point', typed: ['128', '82.5', ''], at: 'lower', sentence: 'Skriv ett helt tal, utan decimaler.' },
	{ what: 'zero', typed: ['0', '82', ''], at: 'upper', sentence: RANGE },
	{ what: 'a pulse of zero', typed: ['128', '82', '0'], at: 'pulse', sentence: 'Talet ska ligga mellan 20 och 250.' },
	{ what: 'a negative number', typed: ['-128', '82', ''], at: 'upper', sentence: 'Talet kan inte vara under noll.' },
	{
		what: 'an upper number below the lower',
		typed: ['82', '128', ''],
		at: 'upper',
		sentence: 'Det övre talet ska vara större än det undre.'
	},
	{
		what: 'two equal numbers',
		typed: ['100', '100', ''],
		at: 'upper',
		sentence: 'Det övre talet ska vara större än det undre.'
	},
	{ what: '12/80', typed: ['12', '80', ''], at: 'upper', sentence: KILOPASCAL },
	{ what: '1200/80', typed: ['1200', '80', ''], at: 'upper', sentence: RANGE },
	{
		what: 'a lower number of 201',
		typed: ['260', '201', ''],
		at: 'lower',
		sentence: 'Talet ska ligga mellan 20 och 200.'
	}
];

/** Fills the fields as they stand in the row, however the focus moves meanwhile. */
async function fill(page: Page, [systolic, diastolic, beats]: Impossible['typed']): Promise<void> {
	await upper(page).fill(systolic);
	await lower(page).fill(diastolic);
	await pulse(page).fill(beats);
}

/** The sentence is the field's own: read with it, and it has the focus. */
async function expectTold(field: Locator, sentence: string): Promise<void> {
	await expect(field).toHaveAttribute('aria-invalid', 'true');
	await expect(field).toHaveAccessibleDescription(new RegExp(`${sentence.replace(/[.?]/g, '\\$&')}$`));
	await expect(field).toBeFocused();
}

test('what cannot be a blood pressure is told at its field, and the form stays as typed', async ({ page }) => {
	await page.goto('/record');
	const fields = { upper: upper(page), lower: lower(page), pulse: pulse(page) };
	for (const { what, typed, at, sentence } of impossible)
		await test.step(what, async () => {
			await fill(page, typed);
			await save(page).click();
			await expectTold(fields[at], sentence);
			await expect(fields[at].locator('xpath=..').getByRole('alert')).toContainText(sentence);
			await expect(fields.upper).toHaveValue(typed[0]);
			await expect(fields.lower).toHaveValue(typed[1]);
			await expect(fields.pulse).toHaveValue(typed[2]);
			await expect(savedHere(page)).toBeHidden();
		});
	await expectNothingStored(page);
});

test('all faults of a form are told at once', async ({ page }) => {
	await page.goto('/record');
	await fill(page, ['abc', '', '900']);
	await save(page).click();
	await expectTold(upper(page), 'Skriv med siffror.');
	await expect(lower(page)).toHaveAccessibleDescription(/Skriv det undre talet här\.$/);
	await expect(pulse(page)).toHaveAccessibleDescription(/Talet ska ligga mellan 20 och 250\.$/);
	// Mending one takes its sentence away, and the value is saved when all are mended.
	await fill(page, ['128', '82', '90']);
	await save(page).click();
	await expect(savedHere(page)).toBeVisible();
});

test('a person who chose English is told in English', async ({ page }) => {
	await page.goto('/settings');
	await page.getByLabel('English').check();
	await expect(page.getByRole('heading', { name: 'Settings' })).toBeVisible();
	await page.goto('/record');
	await expect(page.locator('html')).toHaveAttribute('lang', 'en');
	const systolic = page.getByLabel('Upper (systolic)');
	const cases = [
		['', '', 'Enter the upper number here.'],
		['12', '80', 'The number should be between 40 and 300. Do you mean kPa?'],
		['82', '128', 'The upper number should be larger than the lower.']
	] as const;
	for (const [above, below, sentence] of cases) {
		await systolic.fill(above);
		await page.getByLabel('Lower (diastolic)').fill(below);
		await page.getByRole('button', { name: 'Save', exact: true }).click();
		await expectTold(systolic, sentence);
	}
});

test('every number field of every measure refuses what is no number, and keeps it as typed', async ({ page }) => {
	const measures = [
		['weight', 'Vikt'],
		['pulse', 'Puls'],
		['oxygenSaturation', 'Syremättnad'],
		['glucose', 'Blodsocker'],
		['temperature', 'Temperatur'],
		['peakFlow', 'PEF (utandning)'],
		['steps', 'Steg'],
		['waist', 'Midja']
	] as const;
	for (const [measure, label] of measures)
		await test.step(measure, async () => {
			await page.goto(`/record?measure=${measure}`);
			const field = page.getByLabel(label, { exact: true });
			for (const typed of ['många', '💊', '1e9', '12;3', '--5']) {
				await field.fill(typed);
				await save(page).click();
				await expectTold(field, 'Skriv med siffror.');
				await expect(field).toHaveValue(typed);
			}
			await field.fill('999999999');
			await save(page).click();
			await expect(field).toHaveAccessibleDescription(/Talet ska ligga mellan/);
		});
	await expectNothingStored(page);
});

test('full-width digits and leading zeros are read; a reading is pasted as people write it', async ({
	page,
	context
}) => {
	await context.grantPermissions(['clipboard-read', 'clipboard-write']);
	await page.goto('/record');
	await fill(page, ['０１２８', '082', '７２']);
	await save(page).click();
	await expect(page.getByText('128 över 82, puls 72')).toBeAttached();
	await page.getByRole('button', { name: 'Mät igen' }).click();
	await expect(upper(page)).toBeFocused();
	await page.evaluate(() => navigator.clipboard.writeText('128/82, puls 72'));
	await page.keyboard.press('Control+V');
	await expect(lower(page)).toHaveValue('82');
	await expect(pulse(page)).toHaveValue('72');
});

test('glucose in another unit is asked about and converted with one tap', async ({ page }) => {
	await page.goto('/record?measure=glucose');
	const glucose = page.getByLabel('Blodsocker', { exact: true });
	await glucose.fill('120');
	await save(page).click();
	await expectTold(glucose, 'Menar du mg/dl?');
	await page.getByRole('button', { name: 'Ja, det är mg/dl' }).click();
	await expect(glucose).toHaveValue('6,7');
	await save(page).click();
	await expect(savedHere(page)).toBeVisible();
	await expect(page.getByText('6,7', { exact: true })).toBeVisible();
});

test('a clock that is a year wrong stops nobody from recording', async ({ page }) => {
	await page.clock.setFixedTime(new Date('2025-11-16T07:32:00+01:00'));
	await page.goto('/record');
	await fill(page, ['128', '82', '72']);
	await save(page).click();
	await expect(savedHere(page)).toBeVisible();
});

test('a pasted reading is spread over the fields', async ({ page, context }) => {
	await context.grantPermissions(['clipboard-read', 'clipboard-write']);
	await page.goto('/record');
	await expect(upper(page)).toBeFocused();
	await page.evaluate(() => navigator.clipboard.writeText('128/82 72'));
	await page.keyboard.press('Control+V');
	await expect(upper(page)).toHaveValue('128');
	await expect(lower(page)).toHaveValue('82');
	await expect(pulse(page)).toHaveValue('72');
	await save(page).click();
	await expect(savedHere(page)).toBeVisible();
	await expect(page.getByText('128 över 82')).toBeAttached();
});

test('a weight is written with comma or point, and with at most one decimal', async ({ page }) => {
	await page.goto('/record?measure=weight');
	const weight = page.getByLabel('Vikt', { exact: true });
	const cases = [
		['', 'Skriv vikten här.'],
		['sjuttio', 'Skriv med siffror.'],
		['0', 'Talet ska ligga mellan 2 och 400.'],
		['-76', 'Talet kan inte vara under noll.'],
		['76,45', 'Skriv med högst en decimal.']
	] as const;
	for (const [typed, sentence] of cases) {
		await weight.fill(typed);
		await save(page).click();
		await expectTold(weight, sentence);
		await expect(weight).toHaveValue(typed);
	}
	await weight.fill('76.4');
	await save(page).click();
	await expect(savedHere(page)).toBeVisible();
	await expect(page.getByText('76,4', { exact: true })).toBeVisible();
});

test('a question about health without an answer asks for one', async ({ page }) => {
	await page.goto('/record?measure=selfRatedHealth');
	await save(page).click();
	const question = page.getByRole('group', { name: 'Hur bedömer du ditt allmänna hälsotillstånd?' });
	await expect(question).toHaveAccessibleDescription('Välj ett av svaren.');
	await expect(savedHere(page)).toBeHidden();
	await expectNothingStored(page);
});

test('a time that has not been yet is refused, and the reading stays', async ({ page }) => {
	await page.clock.setFixedTime(new Date('2026-11-16T07:32:00+01:00'));
	await page.goto('/record');
	await fill(page, ['128', '82', '72']);
	await page.getByRole('button', { name: 'Tid: nu, kl. 07.32' }).click();
	const clock = page.getByLabel('Klockslag');
	await expect(page.getByLabel('Dag', { exact: true })).toHaveValue('2026-11-16');
	await clock.fill('07:45');
	await save(page).click();
	await expectTold(clock, 'Tiden har inte varit än. Välj när du mätte.');
	await expect(upper(page)).toHaveValue('128');
	await page.getByLabel('Dag', { exact: true }).fill('');
	await save(page).click();
	await expectTold(clock, 'Välj både dag och klockslag.');
	await page.getByRole('button', { name: 'Sätt till nu' }).click();
	await save(page).click();
	await expect(savedHere(page)).toBeVisible();
	await expect(page.getByText('I dag kl. 07.32.')).toBeVisible();
});

test.describe('in Stockholm', () => {
	test.use({ timezoneId: 'Europe/Stockholm' });

	test('a time the clock jumped over is explained, and the next real one offered', async ({ page }) => {
		await page.clock.setFixedTime(new Date('2026-04-01T09:00:00+02:00'));
		await page.goto('/record');
		await fill(page, ['128', '82', '72']);
		await page.getByRole('button', { name: /^Tid: nu/ }).click();
		await page.getByLabel('Dag', { exact: true }).fill('2026-03-29');
		await page.getByLabel('Klockslag').fill('02:30');
		await save(page).click();
		await expectTold(page.getByLabel('Klockslag'), 'Den tiden fanns inte: klockan ställdes fram den natten.');
		await expect(upper(page)).toHaveValue('128');
		await expect(savedHere(page)).toBeHidden();
		await page.getByRole('button', { name: 'Ta kl. 03.30' }).click();
		await save(page).click();
		await expect(savedHere(page)).toBeVisible();
		await expect(page.getByText('29 mars kl. 03.30.')).toBeVisible();
	});

	test('a time the clock showed twice is asked about', async ({ page }) => {
		await page.clock.setFixedTime(new Date('2026-10-26T09:00:00+01:00'));
		await page.goto('/record');
		await fill(page, ['128', '82', '72']);
		await page.getByRole('button', { name: /^Tid: nu/ }).click();
		await page.getByLabel('Dag', { exact: true }).fill('2026-10-25');
		await page.getByLabel('Klockslag').fill('02:30');
		const question = page.getByRole('group', { name: /kom två gånger\. Vilken menar du\?$/ });
		await question.getByLabel('Den andra, i vintertid').check();
		await save(page).click();
		await expect(savedHere(page)).toBeVisible();
		await expect(page.getByText('I går kl. 02.30.')).toBeVisible();
	});
});

test('an unusual pulse is asked about once and never blocked', async ({ page }) => {
	await page.goto('/record');
	await fill(page, ['128', '82', '190']);
	await save(page).click();
	await expect(page.getByText('Stämmer värdet? 190 är ovanligt.')).toBeVisible();
	await expect(page.getByRole('button', { name: 'Ja, spara' })).toBeFocused();
	await page.getByRole('button', { name: 'Ändra' }).click();
	await expect(pulse(page)).toBeFocused();
	await expect(pulse(page)).toHaveValue('190');
	// Asked and answered: the same value is not asked about again.
	await save(page).click();
	await expect(savedHere(page)).toBeVisible();
	await page.getByRole('button', { name: 'Mät igen' }).click();
	await fill(page, ['128', '82', '191']);
	await save(page).click();
	await page.getByRole('button', { name: 'Ja, spara' }).click();
	await expect(savedHere(page)).toBeVisible();
	await expect(page.getByText('mmHg, puls 191.')).toBeVisible();
});

test('a very high pressure is saved, and the person is told what to do', async ({ page }) => {
	await page.goto('/record');
	await fill(page, ['235', '118', '88']);
	await save(page).click();
	await page.getByRole('button', { name: 'Ja, spara' }).click();
	await expect(savedHere(page)).toBeVisible();
	await expect(page.getByRole('region', { name: 'Vila fem minuter och mät igen' })).toBeVisible();
	await expect(page.getByRole('link', { name: 'Ring 112' })).toHaveAttribute('href', 'tel:112');
	// Wherever the value shows, so do the numbers.
	for (const path of ['/', '/trends']) {
		await page.goto(path);
		await expect(page.getByText('235/118').first()).toBeVisible();
		await expect(page.getByRole('link', { name: 'Vid fara, ring 112' })).toHaveAttribute('href', 'tel:112');
	}
});
