/**
 * B4: a care contact's panel. Patients' devices record ninety days of four readings a day, each saved by itself, and send
 * them to the relay; a unit's device in a browser fetches all of it, is started again, and gets one reading more. `CIRCLES`
 * says how many patients (500). The limit is the barest code that fetches, verifies, opens and parses the same bytes.
 */
import { build, createServer } from 'vite';
import { inProject } from '../scripts/lib/project.js';
import { pageWithDataLayer } from './support/data-layer.js';
import { median, quantile } from './support/table.js';

const CIRCLES = Number(process.env['CIRCLES'] ?? 500);
/** Each start is a browser of its own. */
const STARTS = 5;
const READINGS = 20;
const UNIT = 'Hjärtsviktsmottagningen';
/** The browser in which nothing is shown. */
const ENGINE_ALONE = 'engine-alone';
/** The first fetch of everything on a slow machine. */
const LONGEST_MS = 1_200_000;

/** @typedef {import('./support/panel-world').PanelWorld} PanelWorld */

/** @param {import('./support/app.js').App} app @returns {Promise<import('./support/table.js').Row[]>} */
export async function panel(app) {
	// The patients' devices run the app's own sources, which fetch parts of themselves as they go.
	const sources = await createServer({
		root: inProject(),
		configFile: false,
		logLevel: 'error',
		appType: 'custom',
		server: { middlewareMode: true, hmr: false, ws: false, watch: null },
		optimizeDeps: { noDiscovery: true },
		resolve: { alias: { $lib: inProject('src', 'lib') } }
	});
	try {
		const module = await sources.ssrLoadModule(inProject('bench', 'support', 'panel-world.ts'));
		return await measure(app, /** @type {typeof import('./support/panel-world')} */ (module));
	} finally {
		await sources.close();
	}
}

/**
 * @param {import('./support/app.js').App} app @param {typeof import('./support/panel-world')} patients
 * @returns {Promise<import('./support/table.js').Row[]>}
 */
async function measure(app, { makePanelWorld }) {
	const told = (/** @type {string} */ what) => console.error(`  ${new Date().toISOString().slice(11, 19)} ${what}`);
	told(`${CIRCLES} patients share …`);
	const world = await makePanelWorld({
		origin: app.origin,
		circles: CIRCLES,
		enrolment: await app.enrol(UNIT),
		unit: UNIT
	});
	await prepare(app, world.unit);
	told('… and record');
	const frames = await world.sendReadings();
	told(`the unit fetches ${frames} frames`);
	const first = await start(app);
	told('and is started again');
	const starts = [];
	for (let n = 0; n < STARTS; n += 1) starts.push(await start(app));
	const delta = await oneMore(app, world);
	told('the engine alone');
	await prepare(app, world.unit, ENGINE_ALONE);
	const raw = await engineAlone(app);
	told('the barest code');
	const bare = await bareLoad(app, world);
	told(`${bare.frames} frames, ${Math.round(bare.bytes / 1024)} kB`);
	const whom = `panel, ${CIRCLES} patients × 90 days × 4`;
	/** @type {Pick<import('./support/table.js').Row, 'id' | 'unit'>} */
	const row = { id: 'B4', unit: 'ms' };
	return [
		{
			...row,
			what: `${whom}: first load, all rows and "Hämtat"`,
			ours: first.fetched,
			runs: 1,
			limit: bare.ms,
			limitIs: 'bare fetch, verify, open, parse',
			budget: '≤ 2.5×'
		},
		{
			...row,
			what: 'the same by the engine alone: fetched, verified, opened, kept',
			ours: raw,
			runs: 1,
			limit: bare.ms,
			limitIs: 'bare fetch, verify, open, parse',
			budget: '≤ 2.5×'
		},
		{ ...row, what: 'longest task of the first load', ours: first.longest, runs: 1, budget: '' },
		{
			...row,
			what: 'later start: every row with zone, reason and value',
			ours: median(starts.map(({ shown }) => shown)),
			runs: STARTS,
			budget: '≤ 2000 ms'
		},
		{
			...row,
			what: 'later start: until "Hämtat"',
			ours: median(starts.map(({ fetched }) => fetched)),
			runs: STARTS,
			budget: ''
		},
		{
			...row,
			what: 'one reading: from the relay to the row',
			ours: median(delta),
			runs: delta.length,
			budget: '≤ 300 ms'
		},
		{ ...row, what: 'the same, 95 of 100', ours: quantile(delta, 0.95), runs: delta.length, budget: '' }
	];
}

/** @param {import('./support/app.js').App} app @param {PanelWorld['unit']} unit @param {string} [profile] */
async function prepare(app, unit, profile) {
	const context = await app.visit(profile);
	const page = await pageWithDataLayer(context, app.origin);
	await page.evaluate(
		async (made) => {
			const { session } = await Reflect.get(window, 'openSession')();
			await session.store.createDevice(made.device, null);
			for (const identity of made.identities) await session.store.saveIdentity(identity);
			for (const circle of made.circles) await session.store.updateCircle(circle.circle, () => circle);
			session.close();
		},
		JSON.parse(JSON.stringify(unit))
	);
	await context.close();
}

/** One pass of the engine over everything, with nobody to show it to: milliseconds. @param {import('./support/app.js').App} app */
async function engineAlone(app) {
	const context = await app.visit(ENGINE_ALONE);
	const page = await pageWithDataLayer(context, app.origin);
	const ms = await page.evaluate(async () => {
		const { session } = await Reflect.get(window, 'openSession')();
		const begun = performance.now();
		const synced = await session.sync();
		const took = performance.now() - begun;
		session.close();
		if (!synced.ok) throw new Error(JSON.stringify(synced.error));
		return took;
	});
	await context.close();
	return ms;
}

/** A browser opened on the panel, until it says that all was fetched. @param {import('./support/app.js').App} app */
async function start(app) {
	const { page, close } = await openPanel(app);
	await until(page, 'fetched');
	const times = await page.evaluate(readTimes);
	await settled(page);
	await close();
	return times;
}

/** One reading more, for one patient after another, while the panel is open. @param {import('./support/app.js').App} app @param {PanelWorld} world */
async function oneMore(app, world) {
	const { page, close } = await openPanel(app);
	await until(page, 'fetched');
	await settled(page);
	const times = [];
	for (let n = 0; n < READINGS; n += 1) {
		const systolic = 190 + n;
		await page.evaluate(noteValue, `${systolic}/`);
		const at = await world.sendOne((n * 37) % CIRCLES, systolic);
		await page.waitForFunction(() => Reflect.get(window, 'seenAt') > 0, undefined, { polling: 20, timeout: 60_000 });
		times.push((await page.evaluate(() => Reflect.get(window, 'seenAt'))) - at);
		await page.waitForTimeout(700);
	}
	await close();
	return times;
}

/** @param {import('./support/app.js').App} app @param {PanelWorld} world */
async function bareLoad(app, world) {
	const context = await app.visit();
	const page = context.pages()[0] ?? (await context.newPage());
	await page.goto(`${app.origin}/shell-less-404`, { waitUntil: 'load' });
	await page.addScriptTag({ content: await bundled('bare-panel.ts') });
	const token = await world.token();
	const books = world.unit.circles.flatMap(({ circle, keys }, n) =>
		keys.map(({ book, key }) => ({
			circle,
			book,
			key,
			signers: (world.unit.identities[n]?.log ?? []).flatMap(signerOf)
		}))
	);
	const result = await page.evaluate(({ token: known, books: all }) => Reflect.get(window, 'barePanel')(known, all), {
		token,
		books
	});
	await context.close();
	return result;
}

/** The key a genesis record names. @param {string} record @returns {string[]} */
function signerOf(record) {
	const bytes = Buffer.from(record, 'base64url');
	const body = JSON.parse(bytes.subarray(8, 8 + bytes.readUInt32BE(4)).toString());
	return body.device ? [body.device.sign] : [];
}

/** A module of the bench as one script for a page. @param {string} file */
async function bundled(file) {
	const result = await build({
		root: inProject(),
		configFile: false,
		logLevel: 'error',
		build: {
			write: false,
			lib: { entry: inProject('bench', 'support', file), formats: ['iife'], name: 'bare' }
		}
	});
	const [output] = Array.isArray(result) ? result : [result];
	if (!output || !('output' in output)) throw new Error('Nothing was bundled');
	return output.output[0].code;
}

/** @param {import('./support/app.js').App} app */
async function openPanel(app) {
	const context = await app.visit();
	const page = context.pages()[0] ?? (await context.newPage());
	await page.addInitScript(notePanel, CIRCLES);
	await page.goto(`${app.origin}/panel`, { waitUntil: 'commit' });
	return { page, close: () => context.close() };
}

/** @param {import('@playwright/test').Page} page @param {'shown' | 'fetched'} mark */
const until = (page, mark) =>
	page.waitForFunction((name) => performance.getEntriesByName(name).length > 0, mark, {
		polling: 100,
		timeout: LONGEST_MS
	});

/** What is left for idle time is done, so that the next start finds what a start finds. @param {import('@playwright/test').Page} page */
const settled = (page) => page.waitForTimeout(12_000);

/** In the page, before the app: when every row has a value, and when the head then says that all was fetched. @param {number} count */
function notePanel(count) {
	/** @type {number[]} */
	const tasks = [];
	Reflect.set(window, 'tasks', tasks);
	new PerformanceObserver((list) => tasks.push(...list.getEntries().map(({ duration }) => duration))).observe({
		type: 'longtask',
		buffered: true
	});
	const look = setInterval(() => {
		if (document.querySelectorAll('main ol .last .value').length < count) return;
		if (performance.getEntriesByName('shown').length === 0) performance.mark('shown');
		if (!document.querySelector('p.fetched')?.textContent?.includes('Hämtat')) return;
		performance.mark('fetched');
		clearInterval(look);
	}, 20);
}

/** In the page. */
function readTimes() {
	const at = (/** @type {string} */ name) => performance.getEntriesByName(name)[0]?.startTime ?? NaN;
	return {
		shown: at('shown'),
		fetched: at('fetched'),
		longest: Math.max(0, .../** @type {number[]} */ (Reflect.get(window, 'tasks')))
	};
}

/** In the page: notes when a value first stands in the list. @param {string} value */
function noteValue(value) {
	Reflect.set(window, 'seenAt', 0);
	const list = document.querySelector('main ol');
	if (!list) throw new Error('There is no list');
	const observer = new MutationObserver(() => {
		if (![...document.querySelectorAll('main ol .last .value')].some((each) => each.textContent?.includes(value)))
			return;
		observer.disconnect();
		Reflect.set(window, 'seenAt', Date.now());
	});
	observer.observe(list, { childList: true, subtree: true, characterData: true });
}
