/** A care unit and a person who shares with it, step by step through the screens. */

import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, type Locator, type Page } from '@playwright/test';
import type { ServedApp } from '../../support/served-app';

const UNIT_COMMAND = fileURLToPath(new URL('../../../scripts/unit.js', import.meta.url));

export interface UnitNames {
	readonly unit: string;
	readonly contact?: string;
	readonly hours?: string;
}

export const MOTTAGNINGEN = {
	unit: 'Hjärtsviktsmottagningen',
	contact: 'Anna Bergqvist',
	hours: 'måndagar och torsdagar'
} as const satisfies UnitNames;

/** The link `npm run unit -- create` prints for a new unit of this app. */
export async function enrolmentLink(app: ServedApp, names: UnitNames = MOTTAGNINGEN): Promise<string> {
	const options = Object.entries({ contact: names.contact, hours: names.hours }).flatMap(([name, value]) =>
		value === undefined ? [] : [`--${name}`, value]
	);
	const env = { ...process.env, DATABASE_URL: '', ORIGIN: app.origin, DATA_DIR: app.dataDir };
	const { stdout } = await promisify(execFile)(process.execPath, [UNIT_COMMAND, 'create', names.unit, ...options], {
		env
	});
	const link = /https?:\S+/.exec(stdout)?.[0];
	if (link === undefined) throw new Error(`The command printed no link:\n${stdout}`);
	return link;
}

/** Opens the unit's link and starts the unit on this device. */
export async function startUnit(nurse: Page, link: string, names: UnitNames = MOTTAGNINGEN): Promise<void> {
	await nurse.goto(link);
	await expect(nurse.getByRole('heading', { name: 'Ny vårdenhet' })).toBeVisible();
	await expect(nurse.getByLabel('Enhetens namn')).toHaveValue(names.unit);
	await nurse.getByRole('button', { name: 'Starta enheten' }).click();
	await expect(nurse).toHaveURL(/\/panel$/);
	await expect(nurse.getByText('Ingen delar med er än.')).toBeVisible();
}

/** The link on the unit's card, as it stands on the screen. */
export async function cardLink(nurse: Page, kind: 'En person' | 'Flera personer' = 'En person'): Promise<string> {
	await nurse.goto('/panel/card');
	const link = nurse.locator('p.link').first();
	await expect(link).toContainText('#card=');
	if (kind === 'Flera personer') {
		const before = await link.innerText();
		await nurse.getByLabel(kind).check();
		await expect(link).not.toHaveText(before);
	}
	return (await link.innerText()).trim();
}

export const readLink = (patient: Page): Locator => patient.getByRole('button', { name: 'Läs länken' });
export const shareButton = (patient: Page): Locator => patient.getByRole('button', { name: /^Dela med / });

/** From an open card to the last look: what to share, the name, and the recovery code written down and typed back. Its groups. */
export async function walkToPreview(patient: Page, name: string): Promise<string[]> {
	await expect(patient.getByRole('heading', { level: 1, name: /^Dela med (?!en vårdkontakt)/ })).toBeVisible();
	await patient.getByLabel('Vad heter du?').fill(name);
	await patient.getByRole('button', { name: 'Nästa' }).click();
	const code = await typeBackRecoveryCode(patient);
	await expect(patient.getByRole('heading', { name: /^Exakt det här ser / })).toBeVisible();
	return code;
}

/** Reads the code from the page as from paper, and types back the two groups that are asked for. */
export async function typeBackRecoveryCode(patient: Page): Promise<string[]> {
	const groups = await patient
		.getByRole('list', { name: 'Återställningskod, i grupper' })
		.getByRole('listitem')
		.allInnerTexts();
	await patient.getByRole('button', { name: 'Jag har skrivit ner den' }).click();
	const fields = patient.getByLabel(/^Grupp \d+$/);
	await expect(fields).toHaveCount(2);
	for (const field of await fields.all()) {
		const label = await field.evaluate((input: HTMLInputElement) => input.labels?.[0]?.textContent ?? '');
		const group = groups[Number(/\d+/.exec(label)?.[0]) - 1];
		if (group === undefined) throw new Error(`The code has no ${label}`);
		await field.fill(group.toLowerCase());
	}
	await patient.getByRole('button', { name: 'Nästa' }).click();
	return groups;
}

/** Opens the card and shares everything proposed; the groups of the recovery code. */
export async function share(patient: Page, link: string, name: string): Promise<string[]> {
	await patient.goto(link);
	const code = await walkToPreview(patient, name);
	await shareButton(patient).click();
	await expect(patient.getByRole('heading', { name: /^Nu delar du med / })).toBeVisible();
	return code;
}

export const wantsToShare = (nurse: Page, name: string): Locator =>
	nurse.getByRole('region', { name: `Ny: vill dela: ${name}` });

/** Takes somebody in from the list, and opens their screen. */
export async function acceptAndOpen(nurse: Page, name: string): Promise<void> {
	await nurse.goto('/panel');
	await wantsToShare(nurse, name)
		.getByRole('button', { name: `Ta emot ${name}` })
		.click();
	await nurse
		.getByRole('list', { name: 'Personer, de som behöver dig mest först' })
		.getByRole('link', { name })
		.click();
	await expect(nurse.getByRole('heading', { level: 1, name })).toBeVisible();
}
