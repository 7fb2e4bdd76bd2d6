/**
 * The settings of the server, all from the environment and all with a default:
 *
 * | name            | default              | what                                                                          |
 * | --------------- | -------------------- | ----------------------------------------------------------------------------- |
 * | PORT            | 3000                 | the port; 0 lets the system choose a free one                                   |
 * | HOST            | localhost            | the address to listen on: this machine only, which is also where a browser allows service worker and crypto without TLS. `0.0.0.0` or `::` listens on all |
 * | ORIGIN          | http://HOST:PORT     | the address people use, such as https://hemlinje.example behind a TLS proxy      |
 * | DATA_DIR        | ./data               | SQLite and the assets of earlier builds; relative to the project                 |
 * | DATABASE_URL    | none: SQLite         | postgres://… makes the relay use PostgreSQL                                      |
 * | BODY_SIZE_LIMIT | 5M                   | the largest request body: a push of 4 MiB and its frame; bytes, or with K, M, G  |
 */

import path from 'node:path';
import * as z from 'zod';
import { Explained, ROOT } from './project.js';

/** An empty value counts as not set, as in `PORT= npm start`. */
const unsetWhenEmpty = (/** @type {unknown} */ value) => (value === '' ? undefined : value);

/**
 * @template {z.ZodType} T
 * @param {T} schema
 */
const setting = (schema) => z.preprocess(unsetWhenEmpty, schema);

const settingsSchema = z.object({
	PORT: setting(
		z.coerce
			.number('PORT must be a whole number from 0 to 65535.')
			.int('PORT must be a whole number from 0 to 65535.')
			.min(0, 'PORT must be a whole number from 0 to 65535.')
			.max(65_535, 'PORT must be a whole number from 0 to 65535.')
			.default(3000)
	),
	HOST: setting(
		z
			.string()
			.regex(/^[\w.:-]+$/, 'HOST must be a host name or an IP address.')
			.default('localhost')
	),
	ORIGIN: setting(
		z
			.string()
			.refine(isOrigin, 'ORIGIN must be http:// or https:// with a host and no path, such as https://hemlinje.example.')
			.optional()
	),
	DATA_DIR: setting(z.string().default('data')).transform((folder) => path.resolve(ROOT, folder)),
	DATABASE_URL: setting(
		z
			.string()
			.regex(/^postgres(ql)?:\/\/./, 'DATABASE_URL must start with postgres:// (leave it out to use SQLite).')
			.optional()
	),
	BODY_SIZE_LIMIT: setting(
		z
			.string()
			.regex(/^\d+[KMG]?$/, 'BODY_SIZE_LIMIT must be a number of bytes, or a number with K, M or G, such as 5M.')
			.default('5M')
	)
});

/** @typedef {z.infer<typeof settingsSchema>} Settings */

/**
 * The settings of an environment.
 * @param {NodeJS.ProcessEnv} env
 * @returns {Settings}
 * @throws {Explained} naming every wrong setting and what it must be; never its value, which may hold a password
 */
export function readSettings(env) {
	const parsed = settingsSchema.safeParse(env);
	if (parsed.success) return parsed.data;
	throw new Explained(parsed.error.issues.map((issue) => issue.message).join('\n'));
}

/**
 * The address people use when ORIGIN does not say.
 * @param {string} host
 * @param {number} port
 */
export function defaultOrigin(host, port) {
	const name = host === '0.0.0.0' || host === '::' ? 'localhost' : host;
	return `http://${name.includes(':') ? `[${name}]` : name}:${port}`;
}

/** @param {string} value */
function isOrigin(value) {
	if (!URL.canParse(value)) return false;
	const url = new URL(value);
	return /^https?:$/.test(url.protocol) && url.origin === value;
}
