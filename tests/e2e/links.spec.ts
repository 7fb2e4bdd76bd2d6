/** Links that do not work, and a relay that does not answer as it should: a sentence each time, and nothing is lost. */

import type { Page, Route } from '@playwright/test';
import { expect, test } from '../support/app';
import { cardLink, enrolmentLink, readLink, share, shareButton, startUnit, walkToPreview } from './support/sharing';
import { logPressure, RELAY_AWAY, save, savedHere, tile, upper, visit } from './support/steps';

// The links and the relay are tried, with two or three browsers each; none of them needs to fetch the whole app.
test.use({ withWorker: false });

const DAY_MS = 86_400_000;
/** What the console says of an answer that is no success; the app itself says nothing there. */
const REFUSED = /Failed to load resource/;

const cardField = (patient: Page) => patient.getByLabel('Vårdenhetens länk');

/** The sentence stands at the field, and the field holds what was opened. */
async function expectCardRefused(patient: Page, link: string, sentence: string): Promise<void> {
	await expect(cardField(patient)).toHaveAccessibleDescription(new RegExp(sentence.replace(/[.?]/g, '\\$&')));
	await expect(cardField(patient)).toHaveValue(link);
	await expect(patient.getByRole('heading', { level: 1, name: 'Dela med en vårdkontakt' })).toBeVisible();
}

/** Another text of the same length with the character at `index` changed. */
function flipped(text: string, index: number): string {
	return `${text.slice(0, index)}${text[index] === 'A' ? 'B' : 'A'}${text.slice(index + 1)}`;
}

test.describe('an enrolment link', () => {
	test('makes one unit, and is refused when it is opened once more', async ({ page, app, openPerson, problems }) => {
		problems.allow(REFUSED);
		const link = await enrolmentLink(app);
		await startUnit(page, link);
		// On the same device it is already that unit.
		await page.goto(link);
		await expect(
			page.getByRole('heading', { name: 'Den här enheten är redan Hjärtsviktsmottagningen.' })
		).toBeVisible();
		// On another device it is used.
		const other = await openPerson();
		await other.goto(link);
		await other.getByLabel('Telefon').fill('08-123 45');
		await other.getByRole('button', { name: 'Starta enheten' }).click();
		await expect(other.getByRole('alert')).toContainText(
			'Länken har redan använts eller är för gammal. Be den som driver tjänsten om en ny. Det du skrev står kvar här.'
		);
		await expect(other.getByLabel('Telefon')).toHaveValue('08-123 45');
		await expect(other.getByLabel('Enhetens namn')).toHaveValue('Hjärtsviktsmottagningen');
		// Nothing is left of the attempt: the device can still become a person's own.
		await logPressure(other, '1288272');
	});

	test('that is broken or belongs to nobody is told in a sentence', async ({ page, app, problems }) => {
		problems.allow(REFUSED);
		await page.goto('/panel/enrol#t=abc&unit=X');
		await expect(page.getByLabel('Enhetens länk')).toHaveAccessibleDescription(/Det här är ingen hel enhetslänk\./);
		await page.getByLabel('Enhetens länk').fill('hej hej');
		await page.getByRole('button', { name: 'Fortsätt' }).click();
		await expect(page.getByLabel('Enhetens länk')).toHaveAccessibleDescription(/Det här är ingen hel enhetslänk\./);
		await expect(page.getByLabel('Enhetens länk')).toHaveValue('hej hej');
		const link = await enrolmentLink(app);
		const at = link.indexOf('t=') + 10;
		await page.getByLabel('Enhetens länk').fill(flipped(link, at));
		await page.getByRole('button', { name: 'Fortsätt' }).click();
		await page.getByRole('button', { name: 'Starta enheten' }).click();
		await expect(page.getByRole('alert')).toContainText('Länken har redan använts eller är för gammal.');
	});

	test('is not used up while the relay is away, and not on a device with somebody’s own values', async ({
		page,
		app,
		openPerson,
		problems
	}) => {
		problems.allow(RELAY_AWAY, REFUSED);
		const link = await enrolmentLink(app);
		const owner = await openPerson();
		await logPressure(owner, '1288272');
		await owner.goto(link);
		await expect(owner.getByRole('heading', { name: 'Den här enheten har någons egna värden' })).toBeVisible();

		await page.goto(link);
		await expect(page.getByLabel('Enhetens namn')).toBeVisible();
		await app.stop();
		await page.getByRole('button', { name: 'Starta enheten' }).click();
		await expect(page.getByRole('alert')).toContainText('Servern svarar inte.');
		await app.start();
		await page.getByRole('button', { name: 'Starta enheten' }).click();
		await expect(page).toHaveURL(/\/panel$/);
	});
});

test('a card that is altered, expired, another service’s or no card at all is told in a sentence', async ({
	page: patient,
	app,
	openPerson,
	problems
}) => {
	problems.allow(REFUSED);
	const nurse = await openPerson();
	await startUnit(nurse, await enrolmentLink(app));
	const card = await cardLink(nurse, 'Flera personer');
	const start = card.indexOf('#card=') + '#card='.length;
	await logPressure(patient, '1288272');

	const open = async (link: string) => {
		await patient.goto('/circle');
		await patient.goto('/circle/share');
		await cardField(patient).fill(link);
		await readLink(patient).click();
	};
	const altered = 'Länken stämmer inte med vårdenheten. Be dem om en ny. Inget har delats.';
	const malformed = 'Det här är ingen hel länk från en vårdenhet. Kopiera hela länken och försök igen.';

	await test.step('garbage', async () => {
		for (const text of [
			'hej',
			`${card.slice(0, start)}%%%`,
			card.slice(0, -20),
			'<script>alert(1)</script>',
			'x'.repeat(3_000)
		]) {
			await open(text);
			await expectCardRefused(patient, text, malformed);
		}
	});
	await test.step('a character changed in the signature', async () => {
		const link = flipped(card, card.length - 8);
		await open(link);
		await expectCardRefused(patient, link, altered);
	});
	await test.step('another name than the unit signed', async () => {
		const link = withCard(card, (text) => text.replace('viktsmottagningen', 'viktsmottagninger'));
		await open(link);
		await expectCardRefused(patient, link, altered);
	});
	await test.step('a card of another service', async () => {
		const link = withCard(card, (text) => text.replace(app.origin, app.origin.replace('127.0.0.1', '127.0.0.2')));
		await open(link);
		await expectCardRefused(
			patient,
			link,
			`Länken hör till en annan tjänst: ${app.origin.replace('127.0.0.1', '127.0.0.2')}. Den går att använda där, inte här.`
		);
	});
	await test.step('an empty field', async () => {
		await open('');
		await expectCardRefused(patient, '', malformed);
	});
	await test.step('a card whose time is over', async () => {
		await patient.clock.setFixedTime(Date.now() + 31 * DAY_MS);
		await open(card);
		await expectCardRefused(patient, card, 'Länken har gått ut. Be vårdenheten om en ny. Inget har delats.');
	});
	await nurse.goto('/panel?show=all');
	await expect(nurse.getByText('Ingen delar med er än.')).toBeVisible();
});

/** The link with its card's text changed, ASCII for ASCII of the same length: the card is framed. */
function withCard(link: string, change: (text: string) => string): string {
	const [before = '', card = ''] = link.split('#card=');
	// latin1 keeps every byte as it is.
	const changed = Buffer.from(change(Buffer.from(card, 'base64url').toString('latin1')), 'latin1');
	return `${before}#card=${changed.toString('base64url')}`;
}

test('a card for one person brings one person', async ({ page: patient, app, openPerson, problems }) => {
	problems.allow(REFUSED);
	const nurse = await openPerson();
	await startUnit(nurse, await enrolmentLink(app));
	const card = await cardLink(nurse);
	const first = await openPerson();
	await logPressure(first, '1197463');
	await share(first, card, 'Inga');

	await logPressure(patient, '1288272');
	await patient.goto(card);
	await walkToPreview(patient, 'Bengt');
	await shareButton(patient).click();
	await expect(patient.getByRole('alert')).toContainText(
		'Länken har redan använts av någon annan. Be vårdenheten om en ny. Inget har delats.'
	);
	await expect(shareButton(patient)).toBeEnabled();
	await patient.goto('/circle');
	await expect(patient.getByText('Bara du ser det du skriver.')).toBeVisible();

	await test.step('the same person does not share twice with the same unit', async () => {
		const again = await cardLink(nurse);
		await first.goto(again);
		await first.getByRole('button', { name: 'Nästa' }).click();
		await shareButton(first).click();
		await expect(first.getByRole('alert')).toContainText('Den här vårdenheten ser redan dina värden.');
	});
});

test('an empty circle has nothing to share, and says so', async ({ page: patient, app, openPerson }) => {
	const nurse = await openPerson();
	await startUnit(nurse, await enrolmentLink(app));
	const card = await cardLink(nurse);
	await patient.goto(card);
	await patient.getByLabel('Vad heter du?').fill('Bengt');
	// The plan alone is offered from the start.
	await patient.getByLabel('Planen', { exact: true }).uncheck();
	await patient.getByRole('button', { name: 'Nästa' }).click();
	await expect(patient.getByText('Välj minst en sak att dela.')).toBeVisible();
	await expect(patient.getByLabel('Vad heter du?')).toHaveValue('Bengt');
});

/** What can stand in the relay's place. */
const impostors: readonly { readonly what: string; readonly answer: (route: Route) => Promise<void> }[] = [
	{
		what: 'answers with a web page',
		answer: (route) =>
			route.fulfill({ status: 200, contentType: 'text/html', body: '<h1>Logga in på hotellets nät</h1>' })
	},
	{
		what: 'answers 500',
		answer: (route) => route.fulfill({ status: 500, contentType: 'text/plain', body: 'Internal error' })
	},
	{ what: 'does not answer', answer: (route) => route.abort('timedout') },
	{
		what: 'answers garbage',
		answer: (route) => route.fulfill({ status: 200, contentType: 'application/json', body: '{"nonce":[[[[' })
	},
	{
		what: 'answers with bytes of something else',
		answer: (route) =>
			route.fulfill({ status: 200, contentType: 'application/octet-stream', body: Buffer.alloc(300, 0xa5) })
	}
];

test('a relay that answers with anything else stops nothing that is on the device', async ({
	page: patient,
	app,
	openPerson,
	problems
}) => {
	test.setTimeout(120_000);
	problems.allow(RELAY_AWAY, REFUSED);
	const nurse = await openPerson();
	await startUnit(nurse, await enrolmentLink(app));
	const card = await cardLink(nurse);
	await logPressure(patient, '1288272');
	await patient.goto(card);
	await expect(patient.getByRole('heading', { level: 1, name: 'Dela med Anna Bergqvist' })).toBeVisible();

	let answer: ((route: Route) => Promise<void>) | null = null;
	await patient.route('**/api/**', (route) => (answer ? answer(route) : route.continue()));

	await walkToPreview(patient, 'Märta');
	const unreachable = 'Det går inte att nå servern nu. Dina värden är sparade här. Försök igen när du har nät.';
	for (const impostor of impostors)
		await test.step(`while sharing it ${impostor.what}`, async () => {
			answer = impostor.answer;
			await shareButton(patient).click();
			await expect(patient.getByRole('alert')).toHaveText(unreachable);
			await expect(patient.getByText('Dessutom ditt namn, Märta')).toBeVisible();
		});
	await test.step('and when it is back the same button shares', async () => {
		answer = null;
		await shareButton(patient).click();
		await expect(patient.getByRole('heading', { name: /^Nu delar du med / })).toBeVisible();
	});

	for (const [index, impostor] of impostors.entries())
		await test.step(`while saving it ${impostor.what}`, async () => {
			answer = impostor.answer;
			await patient.goto('/record');
			await expect(upper(patient)).toBeFocused();
			await patient.keyboard.type(`${120 + index}80`);
			await save(patient).click();
			await expect(savedHere(patient)).toBeVisible();
			await patient.goto('/');
			await expect(tile(patient, 'Blodtryck')).toContainText(`${120 + index}/80`);
			await expect(patient.getByText(`Sparat här, ${index + 1} väntar på nät`)).toBeVisible();
		});
	await test.step('and when it is back everything arrives', async () => {
		answer = null;
		await patient.reload();
		await expect(patient.getByText('Säkerhetskopierat')).toBeVisible({ timeout: 20_000 });
		await expect(patient.getByText(/väntar på nät/)).toBeHidden();
	});
});

test.describe('with the app kept on the device', () => {
	test.use({ withWorker: true });

	test('a card read while the relay is away can be read later without opening the link again', async ({
		page: patient,
		app,
		openPerson,
		problems
	}) => {
		problems.allow(RELAY_AWAY, REFUSED);
		const nurse = await openPerson();
		await startUnit(nurse, await enrolmentLink(app));
		const card = await cardLink(nurse);
		await logPressure(patient, '1288272');
		await visit(patient, '/circle/share');
		await app.stop();
		await cardField(patient).fill(card);
		await readLink(patient).click();
		await expectCardRefused(patient, card, 'Det går inte att nå servern nu.');
		await app.start();
		await readLink(patient).click();
		await expect(patient.getByRole('heading', { level: 1, name: 'Dela med Anna Bergqvist' })).toBeVisible();
	});
});

test('somebody who helps is told what a link of another kind is', async ({ page }) => {
	await page.goto('/circle/join');
	await page.getByLabel('Länken du fick').fill('https://example.org/x');
	await page.getByRole('button', { name: 'Öppna länken' }).click();
	await expect(page.getByLabel('Länken du fick')).toHaveAccessibleDescription(/Den länken känner appen inte igen\./);
	await expect(page.getByLabel('Länken du fick')).toHaveValue('https://example.org/x');
});
