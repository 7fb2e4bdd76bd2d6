/**
 * Enrols a care unit: `npm run unit -- create "Hjärtsviktsmottagningen" --contact "Anna Bergqvist"` prints a link that works
 * once. The app may be running or not, built or not. Settings: as for `npm start`.
 */

import { parseArgs } from 'node:util';
import { ensureDependencies } from './lib/install.js';
import { Explained, requireNode, runMain } from './lib/project.js';

const DAY_MS = 24 * 60 * 60 * 1000;
/** As long as the fields of a unit's card (`src/lib/protocol/unit-card.ts`). */
const MAX_LENGTH = { unit: 120, contact: 120, phone: 32, hours: 120 };

const USAGE = `npm run unit -- create "Hjärtsviktsmottagningen" [--contact "Anna Bergqvist"] [--phone 08-123456] [--hours "vardagar 8-16"] [--days 7]`;

await runMain(async () => {
	requireNode();
	const { names, days } = readArguments(process.argv.slice(2));
	await ensureDependencies();
	// Only now are the packages there that these import.
	const { loadOperator, relayOf } = await import('./lib/operator.js');
	const { createEnrolmentLink } = await loadOperator();
	const { store, origin } = relayOf(process.env);
	const exp = Date.now() + days * DAY_MS;
	const link = await createEnrolmentLink(store, origin, names, exp);
	console.log(`
  Länken gör ${names.unit} till en enhet. Den fungerar en gång, till ${new Date(exp).toISOString().slice(0, 10)}.
  Ge den bara till enheten. · The link works once; give it to the unit alone.

  ${link}
`);
});

/**
 * @param {string[]} args
 * @throws {Explained} when something is missing, unknown or too long
 */
function readArguments(args) {
	const { values, positionals } = parseOrExplain(args);
	const [command, unit, ...rest] = positionals;
	const names = { unit: unit?.trim() ?? '', contact: values.contact, phone: values.phone, hours: values.hours };
	const days = Number(values.days);
	if (command !== 'create' || names.unit === '' || rest.length > 0) throw new Explained(USAGE);
	if (!Number.isInteger(days) || days < 1 || days > 365) throw new Explained(`--days: 1-365\n${USAGE}`);
	for (const [name, length] of Object.entries(MAX_LENGTH)) {
		if ((names[/** @type {keyof typeof names} */ (name)]?.length ?? 0) > length)
			throw new Explained(`${name}: högst ${length} tecken · at most ${length} characters`);
	}
	return { names, days };
}

/** @param {string[]} args */
function parseOrExplain(args) {
	const text = /** @type {const} */ ({ type: 'string' });
	try {
		return parseArgs({
			args,
			allowPositionals: true,
			options: { contact: text, phone: text, hours: text, days: { type: 'string', default: '7' } }
		});
	} catch {
		throw new Explained(USAGE);
	}
}
