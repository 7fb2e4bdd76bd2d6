/**
 * B1: from the tap on **Spara** until the record transaction is complete, and until the word is on screen. The limit is a
 * bare strict put of as many bytes, made between two saves so that both meet the same machine.
 */
import { median, quantile } from './support/table.js';

const SAVES = 40;
/** The first saves run code the browser has not compiled yet: measured apart. */
const WARM_AFTER = 5;
/** A sealed reading with its header and signature. */
const FRAME_BYTES = 900;

/** @param {import('./support/app.js').App} app @returns {Promise<import('./support/table.js').Row[]>} */
export async function saving(app) {
	const context = await app.visit();
	try {
		const page = context.pages()[0] ?? (await context.newPage());
		await page.addInitScript(noteDurable);
		await page.goto(`${app.origin}/record`);
		await page.evaluate(openBare);
		const saves = [];
		for (let n = 0; n < SAVES; n += 1) {
			await page.getByLabel(/Övre/).fill(String(120 + n));
			await page.getByLabel(/Undre/).fill('78');
			// The draft is kept while the person reads the digits through.
			await page.waitForTimeout(300);
			const bare = await page.evaluate(putBare, FRAME_BYTES);
			saves.push({ bare, ...(await page.evaluate(tapSave)) });
			await page.getByRole('button', { name: 'Mät igen' }).click();
		}
		const warm = saves.slice(WARM_AFTER);
		const limit = median(warm.map(({ bare }) => bare));
		const durable = warm.map((save) => save.durable);
		/** @type {Pick<import('./support/table.js').Row, 'id' | 'unit'>} */
		const row = { id: 'B1', unit: 'ms' };
		return [
			{
				...row,
				what: 'tap Spara to durable',
				ours: median(durable),
				runs: warm.length,
				limit,
				limitIs: 'bare strict put',
				budget: '≤ 6×'
			},
			{ ...row, what: 'the same, 95 of 100', ours: quantile(durable, 0.95), runs: warm.length, budget: '≤ 50 ms' },
			{
				...row,
				what: 'tap Spara to "Sparat" on screen',
				ours: median(warm.map(({ shown }) => shown)),
				runs: warm.length,
				limit,
				budget: ''
			},
			{ ...row, what: 'the first save of a visit, to durable', ours: saves[0]?.durable ?? NaN, runs: 1, budget: '' }
		];
	} finally {
		await context.close();
	}
}

/** In the page, before the app: notes when a transaction over the frames is complete, as the browser says it. */
function noteDurable() {
	const original = Reflect.get(IDBDatabase.prototype, 'transaction');
	/** @param {Parameters<IDBDatabase['transaction']>} asked */
	IDBDatabase.prototype.transaction = function (...asked) {
		const transaction = original.apply(this, asked);
		if (asked[1] === 'readwrite' && [asked[0]].flat().includes('frames'))
			transaction.addEventListener('complete', () => performance.mark('durable'));
		return transaction;
	};
}

/** In the page. @returns {Promise<{ durable: number, shown: number }>} milliseconds from the tap */
function tapSave() {
	return new Promise((resolve, reject) => {
		const button = [...document.querySelectorAll('button')].find((each) => each.textContent?.trim() === 'Spara');
		if (!button) return reject(new Error('There is no Spara'));
		performance.clearMarks('durable');
		const start = performance.now();
		const observer = new MutationObserver(() => {
			if (!document.body.textContent?.includes('Sparat på den här enheten')) return;
			observer.disconnect();
			const shown = performance.now() - start;
			resolve({ shown, durable: (performance.getEntriesByName('durable')[0]?.startTime ?? NaN) - start });
		});
		observer.observe(document.body, { childList: true, subtree: true, characterData: true });
		button.click();
	});
}

/** In the page. */
async function openBare() {
	const request = indexedDB.open('bench', 1);
	request.onupgradeneeded = () => request.result.createObjectStore('rows', { autoIncrement: true });
	Reflect.set(
		window,
		'bare',
		await new Promise((resolve, reject) => {
			request.onsuccess = () => resolve(request.result);
			request.onerror = () => reject(request.error ?? new Error('The database did not open'));
		})
	);
}

/** In the page: one strict put and nothing else. @param {number} bytes */
async function putBare(bytes) {
	/** @type {IDBDatabase} */
	const database = Reflect.get(window, 'bare');
	const row = crypto.getRandomValues(new Uint8Array(bytes));
	const start = performance.now();
	await new Promise((resolve, reject) => {
		const transaction = database.transaction('rows', 'readwrite', { durability: 'strict' });
		transaction.objectStore('rows').put(row);
		transaction.oncomplete = resolve;
		transaction.onerror = () => reject(transaction.error ?? new Error('The put failed'));
	});
	return performance.now() - start;
}
