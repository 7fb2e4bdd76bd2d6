/** The relay's settings, read once from the environment. Each has a default; docs/operations.md lists them. */
import * as z from 'zod';
import { err, ok, type Result } from '$lib/domain/result';
import { defaultLimits, type RelayLimits } from './limits';

export type StoreSettings =
	{ readonly type: 'sqlite'; readonly file: string } | { readonly type: 'postgres'; readonly url: string };

export interface RelaySettings {
	readonly store: StoreSettings;
	readonly origin: string;
	readonly logLevel: string;
	readonly limits: RelayLimits;
}

type Environment = Readonly<Record<string, string | undefined>>;

const environmentSchema = z.object({
	DATABASE_URL: z
		.string()
		.regex(/^postgres(ql)?:\/\//)
		.optional(),
	DATA_DIR: z.string().min(1).default('./data'),
	PORT: z
		.string()
		.regex(/^\d{1,5}$/)
		.default('3000'),
	ORIGIN: z.url({ protocol: /^https?$/ }).optional(),
	LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info')
});

/** The settings, or the names of the variables that cannot be used; never their values. */
export function readSettings(environment: Environment): Result<RelaySettings, readonly string[]> {
	const given = Object.fromEntries(
		Object.entries(environment).filter(([, value]) => value !== undefined && value !== '')
	);
	const parsed = environmentSchema.safeParse(given);
	const limits = readLimits(given);
	const wrong = [
		...(parsed.success ? [] : parsed.error.issues.map((issue) => String(issue.path[0]))),
		...(limits.ok ? [] : limits.error)
	];
	if (!parsed.success || !limits.ok) return err(wrong);
	const { DATABASE_URL, DATA_DIR, PORT, ORIGIN, LOG_LEVEL } = parsed.data;
	return ok({
		store: DATABASE_URL ? { type: 'postgres', url: DATABASE_URL } : { type: 'sqlite', file: `${DATA_DIR}/hemlinje.db` },
		origin: ORIGIN ? new URL(ORIGIN).origin : `http://localhost:${PORT}`,
		logLevel: LOG_LEVEL,
		limits: limits.value
	});
}

/** `LIMIT_PUSHES_PER_MINUTE` sets `pushesPerMinute`, and so on for every limit. */
const limitVariable = (name: string): string =>
	`LIMIT_${name.replace(/[A-Z]|\d+/g, (part) => `_${part}`).toUpperCase()}`;

function readLimits(given: Environment): Result<RelayLimits, readonly string[]> {
	const names = Object.keys(defaultLimits) as (keyof RelayLimits)[];
	const wrong = names
		.map(limitVariable)
		.filter((variable) => given[variable] !== undefined && !/^[1-9]\d{0,14}$/.test(given[variable]));
	if (wrong.length > 0) return err(wrong);
	const limits = names.map((name) => [name, Number(given[limitVariable(name)] ?? defaultLimits[name])]);
	return ok(Object.fromEntries(limits) as unknown as RelayLimits);
}
