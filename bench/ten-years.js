/**
 * B3: ten years with four readings a day, each saved by itself, then starts on a phone. Seeded through the app's own built
 * engine, one signed frame a reading. The chart is held against Chart.js alone with as many points.
 */
import { inProject } from '../scripts/lib/project.js';
import { onAPhone, untilInstalled } from './support/app.js';
import { pageWithDataLayer } from './support/data-layer.js';
import { median } from './support/table.js';

const PRESSURES = 14_600;
const WEIGHTS = 3_650;
/** Each start is a browser of its own. */
const STARTS = 5;
const DRAWINGS = 7;

/** @param {import('./support/app.js').App} app @returns {Promise<import('./support/table.js').Row[]>} */
export async function tenYears(app) {
	await seed(app);
	const fromFrames = await start(app, 0);
	const starts = [];
	for (let n = 0; n < STARTS; n += 1) starts.push(await start(app, n === STARTS - 1 ? DRAWINGS : 0));
	const drawn = starts.at(-1)?.drawn ?? [];
	const bare = await drawBare(app);
	/** @type {Pick<import('./support/table.js').Row, 'id' | 'unit'>} */
	const row = { id: 'B3', unit: 'ms' };
	return [
		{
			...row,
			what: 'ten years: start to Trender with its sentence, phone',
			ours: median(starts.map(({ usable }) => usable)),
			runs: STARTS,
			budget: '≤ 1500 ms'
		},
		{
			...row,
			what: 'longest task of such a start',
			ours: median(starts.map(({ longest }) => longest)),
			runs: STARTS,
			budget: '≤ 200 ms'
		},
		{
			...row,
			what: 'Trender, Allt: tap to drawn',
			ours: median(drawn),
			runs: drawn.length,
			limit: median(bare),
			limitIs: 'Chart.js, same points',
			budget: '≤ 1.5×'
		},
		{ ...row, what: 'start when everything must be read from frames', ours: fromFrames.usable, runs: 1, budget: '' },
		{ ...row, what: 'longest task of that', ours: fromFrames.longest, runs: 1, budget: '≤ 200 ms' }
	];
}

/** @param {import('./support/app.js').App} app */
async function seed(app) {
	const context = await app.visit();
	// Before there is anything: an app that is open beside the readings would keep them for the next start.
	const first = await context.newPage();
	await first.goto(`${app.origin}/record`);
	await untilInstalled(first);
	await first.close();
	const page = await pageWithDataLayer(context, app.origin);
	await page.evaluate(seedInPage, { pressures: PRESSURES, weights: WEIGHTS });
	await context.close();
}

/**
 * In the page: a person's own circle, and every reading as one frame, through the app's store.
 * @param {{ pressures: number, weights: number }} options
 */
async function seedInPage({ pressures, weights }) {
	const { layer, session } = await Reflect.get(window, 'openSession')();
	const random = (/** @type {number} */ length) => crypto.getRandomValues(new Uint8Array(length));
	const circle = new layer.CircleState(session, (await session.ensureOwnCircle()).value);
	await circle.load();
	const device = await session.device();
	const { access } = circle;
	const bytesOf = (/** @type {string} */ text) =>
		Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), (character) => character.charCodeAt(0));
	const bookOf = (/** @type {string} */ kind) =>
		access.roster.books.find((/** @type {{ kind: string, id: string }} */ book) => book.kind === kind).id;
	const keys = new Map(
		access.keys.keys.map((/** @type {{ book: string, epoch: number, key: string }} */ held) => [
			held.book,
			{ epoch: held.epoch, key: bytesOf(held.key) }
		])
	);
	const context = {
		circle: access.chain.circle,
		device: device.device,
		signSecret: bytesOf(device.sign),
		manifest: access.chain.head.hash,
		epochOf: (/** @type {string} */ book) => keys.get(book)
	};
	const newId = () =>
		btoa(String.fromCharCode(...random(16)))
			.replace(/\+/g, '-')
			.replace(/\//g, '_')
			.replace(/=+$/, '');
	const day = 24 * 3600_000;
	const from = Date.now() - 3650 * day;
	const entry = (
		/** @type {string} */ measure,
		/** @type {number} */ utc,
		/** @type {Record<string, number>} */ values,
		/** @type {Record<string, string>} */ units
	) => ({
		kind: 'obs.add',
		v: 1,
		id: newId(),
		measure,
		values,
		units,
		effective: { utc: Math.floor(utc), offset: 60, zone: 'Europe/Stockholm' },
		source: { kind: 'manual' }
	});
	const units = { systolic: 'mm[Hg]', diastolic: 'mm[Hg]', pulse: '/min' };
	const wave = (/** @type {number} */ n) => Math.round(8 * Math.sin(n / 40) + 10 * Math.random());
	/** @type {[string, object][]} */
	const readings = [];
	for (let n = 0; n < pressures; n += 1)
		readings.push([
			'bloodPressure',
			entry(
				'bloodPressure',
				from + (n * 3650 * day) / pressures,
				{ systolic: 128 + wave(n), diastolic: 76 + wave(n + 9), pulse: 62 + wave(n + 20) },
				units
			)
		]);
	for (let n = 0; n < weights; n += 1)
		readings.push([
			'weight',
			entry('weight', from + (n * 3650 * day) / weights, { weight: 71 + wave(n) / 10 }, { weight: 'kg' })
		]);
	for (let at = 0; at < readings.length; at += 150) {
		const batches = readings.slice(at, at + 150).map(([kind, each]) => ({ book: bookOf(kind), entries: [each] }));
		const saved = await session.store.append(context, batches);
		if (!saved.ok) throw new Error(saved.error.type);
	}
	session.close();
	// The app finds its own marker, as after any first save.
	localStorage.setItem('hemlinje:real:installed', '1');
}

/**
 * One start on a phone, without network. Draws everything `drawings` times.
 * @param {import('./support/app.js').App} app @param {number} drawings
 */
async function start(app, drawings) {
	const context = await app.visit();
	try {
		const page = context.pages()[0] ?? (await context.newPage());
		await context.setOffline(true);
		await onAPhone(page);
		await page.addInitScript(noteTrend);
		await page.goto(`${app.origin}/trends?measure=bloodPressure`, { waitUntil: 'commit' });
		await page.waitForFunction(() => performance.getEntriesByName('usable').length > 0, undefined, {
			timeout: 180_000
		});
		const usable = await page.evaluate(() => performance.getEntriesByName('usable')[0]?.startTime ?? NaN);
		// The tasks after it count too: the chart, and what is left for idle time.
		await page.waitForTimeout(6_000);
		const longest = await page.evaluate(() => Math.max(0, .../** @type {number[]} */ (Reflect.get(window, 'tasks'))));
		const drawn = [];
		for (let n = 0; n < drawings; n += 1) {
			drawn.push(await page.evaluate(drawAll));
			await page.getByRole('radio', { name: /30 d/ }).check({ force: true });
			await page.waitForTimeout(1_000);
		}
		return { usable, longest, drawn };
	} finally {
		await context.close();
	}
}

/** In the page, before the app: the first sentence about the readings, every long task, and every stroke on a canvas. */
function noteTrend() {
	/** @type {number[]} */
	const tasks = [];
	Reflect.set(window, 'tasks', tasks);
	new PerformanceObserver((list) => tasks.push(...list.getEntries().map(({ duration }) => duration))).observe({
		type: 'longtask',
		buffered: true
	});
	const observer = new MutationObserver(() => {
		if (!document.querySelector('p.sentence')?.textContent?.trim()) return;
		observer.disconnect();
		performance.mark('usable');
	});
	observer.observe(document, { childList: true, subtree: true, characterData: true });
	const stroke = Reflect.get(CanvasRenderingContext2D.prototype, 'stroke');
	/** @param {unknown[]} path */
	CanvasRenderingContext2D.prototype.stroke = function (...path) {
		Reflect.set(window, 'lastStroke', performance.now());
		return Reflect.apply(stroke, this, path);
	};
}

/** In the page: from the choice of everything until nothing more is drawn. @returns {Promise<number>} */
async function drawAll() {
	const all = [...document.querySelectorAll('input[type=radio]')].find((each) =>
		/Allt/.test(each.closest('label')?.textContent ?? each.parentElement?.textContent ?? '')
	);
	if (!(all instanceof HTMLInputElement)) throw new Error('There is no Allt');
	const start = performance.now();
	all.click();
	await new Promise((resolve) => setTimeout(resolve, 1_500));
	return Reflect.get(window, 'lastStroke') - start;
}

/**
 * Chart.js by itself, as slow and with as many points: two series of ninety bars and lines of four hundred points.
 * @param {import('./support/app.js').App} app
 */
async function drawBare(app) {
	const context = await app.visit();
	try {
		const page = context.pages()[0] ?? (await context.newPage());
		await page.goto('about:blank');
		await page.addScriptTag({ path: inProject('node_modules', 'chart.js', 'dist', 'chart.umd.js') });
		await onAPhone(page);
		return await page.evaluate(async (count) => {
			document.body.innerHTML = '<div style="width:700px;height:320px"><canvas></canvas></div>';
			const canvas = /** @type {HTMLCanvasElement} */ (document.querySelector('canvas'));
			const Chart = Reflect.get(window, 'Chart');
			const line = (/** @type {number} */ base) =>
				Array.from({ length: 400 }, (_, x) => ({ x: x * 9.1, y: base + 8 * Math.sin(x / 9) }));
			const bars = (/** @type {number} */ base) =>
				Array.from({ length: 90 }, (_, n) => [
					{ x: n * 40, y: base - 12 },
					{ x: n * 40, y: base + 12 },
					{ x: n * 40, y: NaN }
				]).flat();
			const times = [];
			for (let n = 0; n < count; n += 1) {
				const start = performance.now();
				const datasets = [120, 80].flatMap((base) => [{ data: line(base) }, { data: bars(base) }]);
				const chart = new Chart(canvas, {
					type: 'line',
					data: { datasets: datasets.map((each) => ({ ...each, parsing: false, pointRadius: 0 })) },
					options: { animation: false, maintainAspectRatio: false, scales: { x: { type: 'linear' } } }
				});
				chart.draw();
				times.push(performance.now() - start);
				chart.destroy();
				await new Promise((resolve) => setTimeout(resolve, 200));
			}
			return times;
		}, DRAWINGS);
	} finally {
		await context.close();
	}
}
