/** From a reading at the kitchen table to the nurse's screen, and back to the person that somebody has looked. */

import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Page } from '@playwright/test';
import { expect, test } from '../support/app';
import type { ServedApp } from '../support/served-app';
import {
	acceptAndOpen,
	cardLink,
	enrolmentLink,
	MOTTAGNINGEN,
	share,
	shareButton,
	startUnit,
	typeBackRecoveryCode,
	wantsToShare
} from './support/sharing';
import { logPressure, RELAY_AWAY, save, savedHere, upper } from './support/steps';

const NAME = 'Märta Kvist-4419';
const NOTE = 'kantarell-7731';
const ARRIVES = { timeout: 20_000 };

test.setTimeout(120_000);

/** The newest value as the nurse's screen of one person shows it. */
const latest = (nurse: Page) => nurse.getByRole('region', { name: 'Senaste värden' });

async function logWithNote(patient: Page, digits: string, note: string): Promise<void> {
	await patient.goto('/record');
	await expect(upper(patient)).toBeFocused();
	await patient.keyboard.type(digits);
	await patient.getByRole('button', { name: 'Lägg till' }).click();
	await patient.getByLabel('Anteckning').fill(note);
	await save(patient).click();
	await expect(savedHere(patient)).toBeVisible();
}

test('a reading reaches the nurse, waits while the relay is away, and comes back as seen', async ({
	page: patient,
	app,
	openPerson,
	problems
}) => {
	problems.allow(RELAY_AWAY);
	await logWithNote(patient, '1288272', NOTE);

	const nurse = await openPerson();
	await startUnit(nurse, await enrolmentLink(app));
	await expect(nurse.getByText('Ingen delar med er än.')).toBeVisible();
	const card = await cardLink(nurse);
	await nurse.goto('/panel');

	await test.step('the person shares', async () => {
		await share(patient, card, NAME);
		// The secret part of the link does not stay in the address bar.
		expect(new URL(patient.url()).hash).toBe('');
		await patient.getByRole('link', { name: 'Till Idag', exact: true }).click();
		await expect(patient.getByText('Anna har inte svarat än')).toBeVisible();
		await expect(patient.getByText('Säkerhetskopierat')).toBeVisible();
		await expect(patient.getByText('Ingen vakar över värdena.')).toBeVisible();
	});

	await test.step('the nurse sees that somebody wants to share, and no value yet', async () => {
		await expect(wantsToShare(nurse, NAME)).toBeVisible(ARRIVES);
		await expect(nurse.getByText('128/82')).toHaveCount(0);
	});

	await test.step('both have the same safety number', async () => {
		const digits = /\d[\d ]{10,}\d/;
		const atNurse = digits.exec(await wantsToShare(nurse, NAME).innerText())?.[0].replace(/\D/g, '');
		expect(atNurse).toHaveLength(12);
		await patient.goto(card);
		const shown = patient.locator('dl').getByText(digits);
		expect((await shown.innerText()).replace(/\D/g, '')).toBe(atNurse);
	});

	await test.step('the nurse takes the person in and sees value and curve', async () => {
		await acceptAndOpen(nurse, NAME);
		await expect(latest(nurse)).toContainText('128/82');
		await expect(nurse.locator('canvas').first()).toBeVisible();
		await patient.goto('/');
		await expect(patient.getByText('Anna har tagit emot, men inte tittat än')).toBeVisible(ARRIVES);
	});

	await test.step('a new reading stands on the open screen within a second', async () => {
		await patient.goto('/record');
		await expect(upper(patient)).toBeFocused();
		await patient.keyboard.type('1317964');
		const saved = Date.now();
		await save(patient).click();
		await expect(latest(nurse)).toContainText('131/79', ARRIVES);
		const ms = Date.now() - saved;
		test.info().annotations.push({ type: 'from Spara to the nurse', description: `${ms} ms` });
		console.log(`From Spara to the nurse's screen: ${ms} ms`);
	});

	await test.step('without the relay it is saved and waits; when the relay is back it arrives by itself', async () => {
		await app.stop();
		await patient.getByRole('button', { name: 'Mät igen' }).click();
		await expect(upper(patient)).toBeFocused();
		await patient.keyboard.type('1428868');
		await save(patient).click();
		await expect(savedHere(patient)).toBeVisible();
		await patient.getByRole('link', { name: 'Klart för nu' }).click();
		await expect(patient.getByText('Sparat här, 1 väntar på nät')).toBeVisible();
		await expect(latest(nurse)).toContainText('131/79');
		await app.start();
		await expect(latest(nurse)).toContainText('142/88', { timeout: 40_000 });
		await expect(patient.getByText('Säkerhetskopierat')).toBeVisible(ARRIVES);
	});

	await test.step('Sett at the nurse is told on Idag', async () => {
		await nurse.getByRole('button', { name: /^Sett/ }).click();
		await nurse.getByRole('button', { name: 'Delningen' }).click();
		await expect(nurse.getByRole('region', { name: 'Ni har tittat' })).toContainText('Anna Bergqvist');
		await expect(patient.getByText('Anna har sett dina värden')).toHaveText(/kl\.\s\d\d\.\d\d$/, ARRIVES);
		await patient.goto('/circle');
		await expect(patient.getByText('Anna Bergqvist har sett värdena')).toBeVisible();
		await expect(patient.getByText('Anna Bergqvist har tagit emot din delning')).toBeVisible();
	});

	await test.step('the relay has kept nothing that can be read', async () => {
		await app.stop();
		expectBlind(app, [
			NAME,
			NOTE,
			MOTTAGNINGEN.unit,
			MOTTAGNINGEN.contact,
			MOTTAGNINGEN.hours,
			'128/82',
			'"systolic"',
			'bloodPressure',
			'obs.add'
		]);
	});
});

/** Every way a word could lie in a file, as text over bytes. */
function spellings(word: string): Buffer[] {
	const base64 = [0, 1, 2].map((offset) => {
		// Base64 looks different at each of three offsets; the characters that depend on the neighbours are cut off.
		const text = Buffer.concat([Buffer.alloc(offset), Buffer.from(word)])
			.toString('base64')
			.replace(/=+$/, '');
		return text.slice(Math.ceil((offset * 4) / 3), Math.floor(((offset + Buffer.byteLength(word)) * 8) / 6));
	});
	return [
		Buffer.from(word),
		Buffer.from(word.normalize('NFD')),
		Buffer.from(word.toLowerCase()),
		Buffer.from(word, 'utf16le'),
		Buffer.from(word, 'latin1'),
		...base64.flatMap((text) => [Buffer.from(text), Buffer.from(text.replaceAll('+', '-').replaceAll('/', '_'))]),
		Buffer.from(Buffer.from(word).toString('hex')),
		Buffer.from(Buffer.from(word).toString('hex').toUpperCase()),
		Buffer.from(encodeURIComponent(word)),
		Buffer.from(
			JSON.stringify(word)
				.slice(1, -1)
				.replace(/[^\x20-\x7e]/g, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`)
		)
	];
}

/** The relay's files and everything it wrote on its streams, but not the app's own files that it serves. */
function expectBlind(app: ServedApp, words: readonly string[]): void {
	const files = readdirSync(app.dataDir, { recursive: true, withFileTypes: true })
		.filter((entry) => entry.isFile())
		.map((entry) => path.join(entry.parentPath, entry.name))
		.filter((file) => !path.relative(app.dataDir, file).startsWith('builds'));
	const found = [
		...files.map((file) => ({ where: path.basename(file), bytes: readFileSync(file) })),
		{ where: 'log', bytes: Buffer.from(app.log) }
	];
	// The search must be able to find something: the relay's own words are there.
	expect(found.some(({ bytes }) => bytes.includes('SQLite format 3'))).toBe(true);
	expect(found.filter(({ bytes }) => bytes.length > 0).length).toBeGreaterThan(1);
	const seen = words.flatMap((word) =>
		spellings(word).flatMap((spelling) =>
			found.filter(({ bytes }) => bytes.includes(spelling)).map(({ where }) => `${word} in ${where}`)
		)
	);
	expect(seen).toEqual([]);
}

test('two people share with the same unit by one open card, and one is declined', async ({ page, app, openPerson }) => {
	const nurse = await openPerson();
	await startUnit(nurse, await enrolmentLink(app));
	const card = await cardLink(nurse, 'Flera personer');
	await nurse.goto('/panel');
	await logPressure(page, '1288272');
	await share(page, card, 'Bengt');
	const other = await openPerson();
	await logPressure(other, '1197463');
	await share(other, card, 'Inga');
	await expect(wantsToShare(nurse, 'Bengt')).toBeVisible(ARRIVES);
	await expect(wantsToShare(nurse, 'Inga')).toBeVisible(ARRIVES);
	await wantsToShare(nurse, 'Inga').getByRole('button', { name: 'Tacka nej till Inga' }).click();
	await nurse.getByRole('dialog').getByRole('button', { name: 'Tacka nej' }).click();
	await expect(wantsToShare(nurse, 'Inga')).toBeHidden();
	await other.goto('/circle');
	await expect(other.getByText('har tackat nej till din delning')).toBeVisible(ARRIVES);
	await acceptAndOpen(nurse, 'Bengt');
	await expect(latest(nurse)).toContainText('128/82');
});

test('a measure that was not chosen never reaches the nurse', async ({ page: patient, app, openPerson }) => {
	const nurse = await openPerson();
	await startUnit(nurse, await enrolmentLink(app));
	const card = await cardLink(nurse);
	await logPressure(patient, '12882');
	await patient.goto('/record?measure=weight');
	await patient.getByLabel('Vikt', { exact: true }).fill('76,4');
	await save(patient).click();
	await expect(savedHere(patient)).toBeVisible();
	await patient.goto(card);
	await expect(patient.getByLabel('Blodtryck')).toBeChecked();
	await expect(patient.getByLabel('Vikt')).toBeChecked();
	await patient.getByLabel('Vikt').uncheck();
	await expect(patient.getByLabel('Puls')).not.toBeChecked();
	await patient.getByLabel('Blodtryck').uncheck();
	await patient.getByRole('button', { name: 'Nästa' }).click();
	await expect(patient.getByText('Välj minst en sak att dela.')).toBeVisible();
	await expect(patient.getByText('Skriv ditt namn, så att de vet vem värdena gäller.')).toBeVisible();
	await patient.getByLabel('Blodtryck').check();
	await patient.getByLabel('Vad heter du?').fill('Märta');
	await patient.getByRole('button', { name: 'Nästa' }).click();

	await test.step('a code that was not written down stops the sharing', async () => {
		await patient.getByRole('button', { name: 'Jag har skrivit ner den' }).click();
		for (const field of await patient.getByLabel(/^Grupp \d+$/).all()) await field.fill('0000');
		await patient.getByRole('button', { name: 'Nästa' }).click();
		await expect(patient.getByText(/^Det stämmer inte med koden\./)).toBeVisible();
		await patient.getByRole('button', { name: 'Visa koden igen' }).click();
	});

	const groups = await typeBackRecoveryCode(patient);
	expect(groups.join('')).toMatch(/^[0-9A-HJKMNP-TV-Z]{26}[0-9A-Z*~$=U]$/);
	await expect(patient.getByText(/värden?, från/)).toHaveCount(1);
	await shareButton(patient).click();
	await expect(patient.getByRole('heading', { name: /^Nu delar du med / })).toBeVisible();
	await acceptAndOpen(nurse, 'Märta');
	await expect(latest(nurse)).toContainText('128/82');
	await expect(nurse.getByText('76,4')).toHaveCount(0);
	await expect(nurse.getByText(/^Delar blodtryck med er/)).toBeVisible();
});
