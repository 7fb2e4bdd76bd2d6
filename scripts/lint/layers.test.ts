import { describe, expect, test } from 'vitest';
import { forbiddenImport, layerOf } from './layers.js';

const allowed = (file: string, specifier: string) => expect(forbiddenImport(file, specifier)).toBeNull();
const refused = (file: string, specifier: string) =>
	expect(forbiddenImport(file, specifier)).toEqual(expect.any(String));

describe('a file belongs to one layer', () => {
	test.each([
		['src/lib/domain/time.ts', 'domain'],
		['src/lib/server/sqlite/store.ts', 'server'],
		['src/routes/record/+page.svelte', 'routes'],
		['src/routes/api/v1/push/+server.ts', 'api'],
		['src/hooks.server.ts', 'hooks'],
		['src/service-worker.ts', 'worker'],
		['scripts/serve.js', null],
		['tests/e2e/headers.spec.ts', null]
	])('%s is in %s', (file, layer) => expect(layerOf(file)).toBe(layer));
});

describe('imports point down only', () => {
	const DOWNWARD = ['routes', 'ui', 'state', 'sync', 'storage', 'protocol', 'crypto', 'domain'];
	const fileIn = (layer: string) => (layer === 'routes' ? 'src/routes/record/+page.svelte' : `src/lib/${layer}/a.ts`);
	const specifierOf = (layer: string) => (layer === 'routes' ? '../../routes/record/form' : `$lib/${layer}/b`);

	test('every layer may use what lies below it and nothing above it', () => {
		DOWNWARD.forEach((upper, above) =>
			DOWNWARD.slice(above + 1).forEach((lower) => {
				allowed(fileIn(upper), specifierOf(lower));
				refused(fileIn(lower), specifierOf(upper));
			})
		);
	});

	test('a file may use its own layer, by either spelling', () => {
		allowed('src/lib/sync/engine.ts', './outbox');
		allowed('src/lib/sync/engine.ts', '$lib/sync/outbox');
	});

	test('a relative path does not get around the rule', () => {
		refused('src/lib/domain/plan.ts', '../storage/frames');
		allowed('src/lib/storage/frames.ts', '../domain/plan');
	});

	test('sync and exchange do not know each other', () => {
		refused('src/lib/sync/engine.ts', '$lib/exchange/backup');
		refused('src/lib/exchange/backup.ts', '$lib/sync/engine');
	});

	test('the relay uses protocol, crypto and domain, and only its endpoints use the relay', () => {
		for (const layer of ['protocol', 'crypto', 'domain']) allowed('src/lib/server/push.ts', `$lib/${layer}/a`);
		for (const layer of ['storage', 'sync', 'state', 'ui']) refused('src/lib/server/push.ts', `$lib/${layer}/a`);
		allowed('src/routes/api/v1/push/+server.ts', '$lib/server/push');
		allowed('src/hooks.server.ts', '$lib/server/limits');
		refused('src/routes/panel/+page.svelte', '$lib/server/push');
		refused('src/lib/state/circle.svelte.ts', '$lib/server/push');
	});

	test('words are for what a person sees, not for the engine', () => {
		allowed('src/routes/record/+page.svelte', '$lib/i18n/paraglide/messages');
		refused('src/lib/storage/frames.ts', '$lib/i18n/paraglide/messages');
	});

	test('the app never imports from tests or scripts; a test beside the source may', () => {
		refused('src/lib/sync/engine.ts', '../../../tests/support/app');
		allowed('src/lib/sync/engine.test.ts', '../../../tests/support/app');
		allowed('src/routes/+layout.svelte', '../app.css');
	});

	test('a folder that is not a layer is refused', () => refused('src/lib/helpers/a.ts', '$lib/domain/b'));
});

describe('packages have their place', () => {
	test('only storage knows Dexie', () => {
		allowed('src/lib/storage/database.ts', 'dexie');
		refused('src/lib/state/circle.svelte.ts', 'dexie');
		refused('src/routes/record/+page.svelte', 'dexie');
	});

	test('Node modules are for the relay, scripts and tests', () => {
		allowed('src/lib/server/settings.ts', 'node:fs');
		allowed('src/hooks.server.ts', 'node:process');
		allowed('src/lib/crypto/seal.test.ts', 'node:crypto');
		allowed('scripts/serve.js', 'node:http');
		refused('src/lib/crypto/seal.ts', 'node:crypto');
		refused('src/routes/api/v1/push/+server.ts', 'node:crypto');
	});

	test('the domain imports nothing but zod', () => {
		allowed('src/lib/domain/observation.ts', 'zod/mini');
		refused('src/lib/domain/time.ts', 'date-fns');
	});

	test('client code takes the small zod, the relay may take the whole', () => {
		refused('src/lib/protocol/frame.ts', 'zod');
		allowed('src/lib/server/settings.ts', 'zod');
	});

	test('the packages of the relay stay in the relay', () => {
		allowed('src/lib/server/sqlite/store.ts', 'kysely');
		refused('src/lib/storage/frames.ts', 'kysely');
	});

	test('there are no stores', () => {
		refused('src/lib/state/circle.svelte.ts', 'svelte/store');
		refused('src/routes/+layout.svelte', '$app/stores');
	});
});
