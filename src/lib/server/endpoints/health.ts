/** Whether the relay can do its work. */
import { json } from '../http';
import { openRoute, type Route } from '../route';

export const healthRoutes: readonly Route[] = [
	// A store that does not answer rejects, and the router answers 503.
	openRoute({ method: 'GET', path: 'health' }, async ({ relay }) => {
		await relay.store.ping();
		return json({ status: 'ok' });
	})
];
