/** Frozen formats: a fingerprint of a schema, and files made once and kept. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import * as z from 'zod/mini';

const FOLDER = new URL('../fixtures/formats/v1/', import.meta.url);
export const isUpdating = process.env.UPDATE_FORMATS === '1';

export const ADVICE =
	'A stored or sent format has changed. Devices and relays out there hold the old one. If that is meant: give it a new version number (v, API_VERSION or a new magic), keep reading the old one, write a decision in docs/decisions, add a fixture folder beside v1, and only then update the fingerprint. If the format has never been released, run this test with UPDATE_FORMATS=1.';

/** What is kept under a name; written when updating. */
export function kept(name: string, made: Record<string, unknown>): Record<string, unknown> {
	const file = new URL(`${name}.json`, FOLDER);
	if (isUpdating || !existsSync(file)) {
		if (!isUpdating) throw new Error(`${name}.json is missing. ${ADVICE}`);
		mkdirSync(FOLDER, { recursive: true });
		writeFileSync(file, `${JSON.stringify(made, null, '\t')}\n`);
	}
	return JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
}

/** A schema's shape: kinds, keys, literals and checks; the same for the same format, whatever file it is written in. */
function shapeOf(schema: z.core.$ZodType): unknown {
	const json: unknown = z.toJSONSchema(schema, {
		// As it is read: the output form would hide whether unknown keys are refused.
		io: 'input',
		unrepresentable: 'any',
		override: ({ zodSchema, jsonSchema }) => {
			// A refinement is a function: its message says what it wants, and stands for it.
			const checks = zodSchema._zod.def.checks ?? [];
			const refined = checks.flatMap((check) => ('fn' in check._zod.def ? [messageOf(check)] : []));
			if (refined.length > 0) (jsonSchema as Record<string, unknown>).refined = refined;
		}
	});
	return json;
}

function messageOf(check: z.core.$ZodCheck): string {
	const { error } = check._zod.def as { error?: (issue: never) => unknown };
	const message = error?.({} as never);
	return typeof message === 'string' ? message : 'refined';
}

export const fingerprint = (schema: z.core.$ZodType): string =>
	createHash('sha256')
		.update(JSON.stringify(shapeOf(schema)))
		.digest('base64url')
		.slice(0, 16);
