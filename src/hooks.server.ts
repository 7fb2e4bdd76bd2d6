/** Starts the relay with the server, hands it to the api route, and stops it in order. */
import { building, dev } from '$app/environment';
import { env } from '$env/dynamic/private';
import type { Handle, ServerInit } from '@sveltejs/kit';
import { assert, must } from '$lib/domain/assert';
import { openRelay } from '$lib/server/open';
import type { Relay } from '$lib/server/relay';
import { readSettings } from '$lib/server/settings';

let relay: Relay | null = null;

export const init: ServerInit = async () => {
	if (building) return;
	const settings = readSettings(dev ? { ...env, PORT: env['PORT'] ?? '5173' } : env);
	assert(settings.ok, `Settings that cannot be used: ${settings.ok ? '' : settings.error.join(', ')}`);
	const started = await openRelay(settings.value);
	relay = started;
	// Sent when the server stops; open event streams would otherwise hold it back.
	process.on('sveltekit:shutdown', () => void started.close());
};

export const handle: Handle = ({ event, resolve }) => {
	if (!building) event.locals.relay = must(relay, 'the relay starts before the first request');
	return resolve(event);
};
