/** The written plan: made by two in two browsers, one of them without network in between, and it speaks on the right day. */

import type { Page } from '@playwright/test';
import { expect, test } from '../support/app';
import { acceptAndOpen, cardLink, enrolmentLink, share, startUnit } from './support/sharing';
import { logPressure, RELAY_AWAY, save, savedHere, visit } from './support/steps';

const NAME = 'Märta Kvist';
const ARRIVES = { timeout: 20_000 };

test.setTimeout(90_000);

const zone = (page: Page) => page.getByRole('region', { name: /^Zon i dag/ });
const daysAgo = (days: number): string =>
	new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Stockholm' }).format(Date.now() - days * 86_400_000);

async function logWeight(page: Page, kilos: string, days = 0): Promise<void> {
	await page.goto('/record?measure=weight');
	await page.getByLabel('Vikt', { exact: true }).fill(kilos);
	if (days > 0) {
		await page.getByRole('button', { name: /^Tid: nu/ }).click();
		await page.getByLabel('Dag', { exact: true }).fill(daysAgo(days));
		await page.getByLabel('Klockslag').fill('07:00');
	}
	await save(page).click();
	await expect(savedHere(page)).toBeVisible();
}

/** Types a line where text alone makes one. */
async function addLine(page: Page, part: string, text: string): Promise<void> {
	const section = page.getByRole('region', { name: part, exact: true });
	await section.getByLabel('Ny rad').fill(text);
	await section.getByRole('button', { name: `Lägg till: ${part}` }).click();
	await expect(section.getByRole('listitem').filter({ hasText: text })).toBeVisible();
}

async function answerNoSymptoms(page: Page): Promise<void> {
	await page.goto('/record?measure=symptoms');
	const no = page.getByRole('radio', { name: 'Nej' });
	await expect(no.first()).toBeAttached();
	for (const each of await no.all()) await each.check({ force: true });
	await save(page).click();
	await expect(savedHere(page)).toBeVisible();
}

test('Märta and Anna write a heart failure plan together, and it turns yellow with the readings that made it so', async ({
	page: patient,
	app,
	openPerson,
	problems
}) => {
	problems.allow(RELAY_AWAY);
	await logPressure(patient, '1288272');
	await logWeight(patient, '74,1', 2);
	const nurse = await openPerson();
	await startUnit(nurse, await enrolmentLink(app));
	const card = await cardLink(nurse);
	await share(patient, card, NAME);
	await acceptAndOpen(nurse, NAME);

	await test.step('Anna begins it from the template for heart failure, with herself as the contact', async () => {
		await nurse.getByRole('link', { name: 'Skriv en plan' }).click();
		await nurse.getByRole('radio', { name: /^Hjärtsvikt/ }).check({ force: true });
		await nurse.getByRole('button', { name: 'Börja med den här' }).click();
		await addLine(nurse, 'Vad är viktigt för mig', 'Att orka gå till Gunnel och tillbaka');
		const rules = nurse.getByRole('region', { name: 'När gör jag vad' });
		await expect(rules).toContainText(/Gul: Om vikten går upp mer än 2\skg på 3 dagar: ring Anna Bergqvist/);
	});

	await test.step('a limit is tried on what Märta has measured before it is saved', async () => {
		await nurse.getByRole('button', { name: /^Ändra: Gul: Om vikten/ }).click();
		const form = nurse.getByRole('dialog');
		await expect(form).toContainText(/Hade larmat 0 gånger på 90 dagar/);
		await form.getByLabel('Mer än (kg)').fill('mycket');
		await form.getByRole('button', { name: 'Klar' }).click();
		await expect(form.getByLabel('Mer än (kg)')).toBeFocused();
		await expect(form.getByLabel('Mer än (kg)')).toHaveValue('mycket');
		await form.getByLabel('Mer än (kg)').fill('1,5');
		await form.getByRole('button', { name: 'Klar' }).click();
		await expect(nurse.getByRole('region', { name: 'När gör jag vad' })).toContainText(/mer än 1,5\skg/);
	});

	await test.step('what is written outlasts a reload, and is sent', async () => {
		await nurse.reload();
		await expect(nurse.getByText('Du fortsätter på det du skrev')).toBeVisible();
		await expect(nurse.getByRole('region', { name: 'När gör jag vad' })).toContainText(/mer än 1,5\skg/);
		await nurse.getByRole('button', { name: 'Skicka förslaget till Märta' }).click();
		await expect(nurse.getByText('Ditt förslag väntar på svar.')).toBeVisible();
	});

	await test.step('Märta reads and agrees without network; it is in force at once on her phone', async () => {
		await visit(patient);
		await expect(patient.getByRole('heading', { name: 'Anna föreslår en plan' })).toBeVisible(ARRIVES);
		await patient.context().setOffline(true);
		await patient.getByRole('link', { name: 'Läs och svara' }).click();
		const proposal = patient.getByRole('region', { name: 'Anna föreslår en plan' });
		await expect(proposal).toContainText('Vad är viktigt för mig: nytt: Att orka gå till Gunnel och tillbaka');
		await proposal.getByRole('button', { name: 'Godkänn' }).click();
		await expect(patient.getByText(/^Version 1\. Godkänd av Märta och Anna/)).toBeVisible();
	});

	await test.step('offline in the morning: first it cannot be said, then it is yellow, and says why', async () => {
		await patient.goto('/');
		await expect(zone(patient)).toContainText('Vet inte');
		await expect(zone(patient)).toContainText('väg dig');
		await answerNoSymptoms(patient);
		await logWeight(patient, '76,2');
		await patient.goto('/');
		await expect(zone(patient)).toContainText('Gul');
		await expect(zone(patient)).toContainText(/Vikten har gått upp 2,1\skg på 3 dagar\./);
		await expect(zone(patient)).toContainText('Din plan säger: ring Anna Bergqvist');
		await zone(patient).getByRole('button', { name: 'Visa varför' }).click();
		await expect(zone(patient)).toContainText(/mer än 1,5\skg på 3 dagar: 74,1\skg .+, 76,2\skg i\sdag/);
	});

	await test.step('the print is one page, made without network', async () => {
		await patient.goto('/print/plan');
		await expect(patient.getByText(/^Plan för Märta Kvist$/)).toBeVisible();
		await patient.emulateMedia({ media: 'print' });
		const pdf = (await patient.pdf({ preferCSSPageSize: true })).toString('latin1');
		expect(pdf.match(/\/Type\s*\/Page\b/g)).toHaveLength(1);
		await patient.emulateMedia({ media: null });
	});

	await test.step('back on the network Anna sees the zone, its readings and the agreement', async () => {
		await patient.context().setOffline(false);
		await patient.goto('/');
		const counted = nurse.getByRole('region', { name: 'Så räknades det' });
		await expect(nurse.getByRole('region', { name: 'Gul i dag' })).toContainText(
			/Vikten har gått upp 2,1\skg/,
			ARRIVES
		);
		await expect(counted).toContainText('74,1');
		await expect(counted).toContainText('76,2');
		await nurse.getByRole('link', { name: 'Visa planen' }).click();
		await expect(nurse.getByText(/^Version 1\. Godkänd av Märta och Anna/)).toBeVisible();
	});
});

test('two changes written apart are both shown; one is agreed to, the other is told that it came late', async ({
	page: patient,
	app,
	openPerson,
	problems
}) => {
	problems.allow(RELAY_AWAY);
	await logPressure(patient, '1288272');
	const nurse = await openPerson();
	await startUnit(nurse, await enrolmentLink(app));
	await share(patient, await cardLink(nurse), NAME);
	await acceptAndOpen(nurse, NAME);

	await test.step('Märta writes the first plan and Anna agrees', async () => {
		await patient.goto('/plan/edit');
		await patient.getByRole('button', { name: 'Börja med den här' }).click();
		await addLine(patient, 'Mål', 'Gå runt sjön');
		await patient.getByRole('button', { name: 'Skicka förslaget till Anna' }).click();
		await expect(patient.getByRole('heading', { name: 'Ditt förslag väntar på svar' })).toBeVisible();
		await nurse.getByRole('link', { name: 'Läs och svara' }).click(ARRIVES);
		await nurse.getByRole('button', { name: 'Godkänn' }).click();
		await expect(patient.getByText(/^Version 1\. Godkänd av Märta och Anna/)).toBeVisible(ARRIVES);
	});

	await test.step('both propose a change while Märta is without network', async () => {
		await visit(patient, '/plan');
		await patient.context().setOffline(true);
		await patient.getByRole('link', { name: 'Föreslå ändring' }).first().click();
		await addLine(patient, 'Mål', 'Sova hela natten');
		await patient.getByRole('button', { name: 'Skicka förslaget till Anna' }).click();
		await nurse.getByRole('link', { name: 'Föreslå ändring' }).first().click();
		await addLine(nurse, 'Vården gör', 'Anna ringer på fredag');
		await nurse.getByRole('button', { name: 'Skicka förslaget till Märta' }).click();
		await patient.context().setOffline(false);
		await patient.goto('/plan');
		await expect(patient.getByText('Det finns flera förslag.')).toBeVisible(ARRIVES);
		await nurse.getByRole('link', { name: 'Läs och svara' }).click(ARRIVES);
		await expect(nurse.getByText('Det finns flera förslag.')).toBeVisible(ARRIVES);
	});

	await test.step('Anna agrees to Märta’s; her own is then out of date, and Märta can say no with a reason', async () => {
		await nurse
			.getByRole('region', { name: 'Märta föreslår en ändring' })
			.getByRole('button', { name: 'Godkänn' })
			.click();
		const late = patient.getByRole('region', { name: 'Anna föreslår en ändring' });
		await expect(late).toContainText('En annan version har börjat gälla sedan det här skrevs.', ARRIVES);
		await late.getByRole('button', { name: 'Nej tack' }).click();
		await late.getByLabel('Varför inte?').fill('Jag är bortrest på fredag');
		await late.getByRole('button', { name: 'Skicka nej' }).click();
		await nurse.getByRole('link', { name: 'Tidigare versioner' }).click();
		await expect(nurse.getByText('Märta tackade nej').first()).toContainText('Jag är bortrest på fredag', ARRIVES);
	});
});
