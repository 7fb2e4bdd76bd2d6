/** The guided week of home blood pressures: a morning alone at the kitchen table, without network. */

import { accessibilityFaults } from '../support/accessibility';
import { expect, test } from '../support/app';
import { logPressure, RELAY_AWAY, save, upper, visit } from './support/steps';

const MINUTE_MS = 60_000;

test('Märta rests, measures twice with a pause between, and sees what is missing for a valid mean', async ({
	page,
	context,
	problems
}) => {
	problems.allow(RELAY_AWAY);
	await page.emulateMedia({ reducedMotion: 'reduce' });
	await page.clock.install({ time: new Date('2026-11-20T07:00:00+01:00') });
	await visit(page);
	await context.setOffline(true);
	await page.goto('/record/series');
	await page.getByRole('button', { name: 'Starta mätserien' }).click();
	await expect(page.getByRole('heading', { name: 'Mätserie, dag 1 av 7' })).toBeVisible();
	await expect(page.getByText('Inte giltig än, 12 mätningar saknas.')).toBeVisible();
	expect(await accessibilityFaults(page)).toEqual([]);

	await page.getByRole('button', { name: 'Börja vila' }).click();
	await expect(page.getByRole('timer')).toHaveText(/^5:00/);
	expect(await accessibilityFaults(page)).toEqual([]);
	await page.clock.fastForward(2 * MINUTE_MS);
	await page.reload();
	await expect(page.getByRole('timer')).toHaveText(/^(3:00|2:5\d)/);
	await page.clock.fastForward(3 * MINUTE_MS);

	await expect(page.getByRole('heading', { name: 'Morgon, mätning 1 av 2' })).toBeVisible();
	await expect(upper(page)).toBeFocused();
	await page.keyboard.type('1438764');
	await save(page).click();
	await expect(page.getByRole('heading', { name: 'Vänta en stund' })).toBeVisible();
	await page.getByRole('button', { name: 'Ångra' }).click();
	await expect(upper(page)).toHaveValue('143');
	await save(page).click();
	await expect(page.getByRole('heading', { name: 'Vänta en stund' })).toBeVisible();
	await page.clock.fastForward(MINUTE_MS);

	await expect(page.getByRole('heading', { name: 'Morgon, mätning 2 av 2' })).toBeVisible();
	await expect(upper(page)).toBeFocused();
	await page.keyboard.type('1398562');
	await save(page).click();
	await expect(page.getByRole('heading', { name: 'Morgonen är klar' })).toBeVisible();
	await expect(page.getByText(/Nästa gång: kväll i.dag, kl\..17\.00 till midnatt/)).toBeVisible();
	expect(await accessibilityFaults(page)).toEqual([]);

	// A value typed in the ordinary form while a session is open counts as well; one in the afternoon does not.
	await page.clock.setFixedTime(new Date('2026-11-21T07:00:00+01:00'));
	await logPressure(page, '13484');
	await page.clock.setFixedTime(new Date('2026-11-21T14:00:00+01:00'));
	await logPressure(page, '18899');
	await page.goto('/trends');
	await expect(page.getByRole('region', { name: 'Mätserier' })).toContainText('Preliminärt, 11 mätningar saknas.');
	await expect(page.getByRole('region', { name: 'Mätserier' })).toContainText('134/84');
});
