/** The stream of nudges (docs/protocol.md 9). */
import { ok } from '$lib/domain/result';
import { refuse } from '../http';
import { deviceRoute, type Route } from '../route';

export const eventRoutes: readonly Route[] = [
	deviceRoute({ method: 'GET', path: 'events' }, ({ relay }, session) => {
		const body = relay.streams.open(session);
		return Promise.resolve(body ? ok({ type: 'events', body }) : refuse('too-many', { retryAfterS: 15 }));
	})
];
