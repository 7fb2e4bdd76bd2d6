/** Version of the relay's interface, and its history. */

/** 1 = 2026-11: identities, circles, envelopes, frames, heads, recovery store, one-time invitations. */
export const API_VERSION = 1;
export const API_PREFIX = `/api/v${API_VERSION}`;
