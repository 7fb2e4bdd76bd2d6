/**
 * B2: a cold start of the installed app without network, on a phone, to a form that takes digits; and what a first visit
 * fetches. The limit is the moment the worker has answered with the empty page: before that nothing can happen.
 */
import { firstLoad, transferSize } from '../scripts/lib/first-load.js';
import { onAPhone, untilInstalled } from './support/app.js';
import { median } from './support/table.js';

const STARTS = 7;
const ROUTE = '/record';
const DATA_LAYER = 'data-layer';

/** @param {import('./support/app.js').App} app @returns {Promise<import('./support/table.js').Row[]>} */
export async function coldStart(app) {
	const installing = await app.visit();
	const first = installing.pages()[0] ?? (await installing.newPage());
	await first.goto(`${app.origin}${ROUTE}`);
	await untilInstalled(first);
	await installing.close();
	const starts = [];
	for (let n = 0; n < STARTS; n += 1) starts.push(await startOnce(app));
	const { scripts, styles, fonts } = firstLoad(ROUTE);
	const whole = firstLoad(ROUTE, [DATA_LAYER]);
	return [
		{
			id: 'B2',
			what: 'cold start offline to a usable Logga form, phone',
			unit: 'ms',
			ours: median(starts.map(({ usable }) => usable)),
			runs: STARTS,
			limit: median(starts.map(({ answered }) => answered)),
			limitIs: 'the empty page has come',
			budget: '≤ 1000 ms'
		},
		{
			id: 'B2',
			what: `first-load JavaScript of ${ROUTE}, gzip`,
			unit: 'kB',
			ours: sizeOf(scripts),
			runs: 1,
			budget: '≤ 100 kB'
		},
		{
			id: 'B2',
			what: 'whole first visit with data layer and fonts',
			unit: 'kB',
			ours: sizeOf([...whole.scripts, ...styles, ...fonts]),
			runs: 1,
			budget: '≤ 260 kB'
		}
	];
}

/** @param {readonly string[]} files */
const sizeOf = (files) => files.reduce((sum, file) => sum + transferSize(file), 0) / 1000;

/** @param {import('./support/app.js').App} app */
async function startOnce(app) {
	const context = await app.visit();
	try {
		const page = context.pages()[0] ?? (await context.newPage());
		await context.setOffline(true);
		await onAPhone(page);
		await page.addInitScript(noteForm);
		await page.goto(`${app.origin}${ROUTE}`, { waitUntil: 'commit' });
		await page.waitForFunction(() => performance.getEntriesByName('usable').length > 0);
		return await page.evaluate(() => ({
			usable: performance.getEntriesByName('usable')[0]?.startTime ?? NaN,
			answered: /** @type {PerformanceNavigationTiming} */ (performance.getEntriesByType('navigation')[0]).responseEnd
		}));
	} finally {
		await context.close();
	}
}

/** In the page, before the app: the form is usable when its first field stands there and can be typed in. */
function noteForm() {
	const observer = new MutationObserver(() => {
		const field = document.querySelector('form input');
		if (!(field instanceof HTMLInputElement) || field.disabled) return;
		observer.disconnect();
		performance.mark('usable');
	});
	observer.observe(document, { childList: true, subtree: true });
}
