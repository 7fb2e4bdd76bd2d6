import type { RequestHandler } from './$types';

/** Every method and path below `/api/v1` is the relay's, which has its own table of them. */
export const fallback: RequestHandler = ({ request, locals, getClientAddress }) =>
	locals.relay.handle(request, getClientAddress());
