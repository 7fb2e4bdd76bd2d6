/** Limits both sides know (docs/protocol.md R7). The relay enforces them; clients keep below them. */

export const MAX_PUSH_BYTES = 4 * 1024 * 1024;
export const MAX_BODY_BYTES = 1024 * 1024;
export const MAX_PULL_RANGES = 1000;
export const MAX_PULL_BYTES = 4 * 1024 * 1024;
/** Access tokens live this long. */
export const TOKEN_TTL_MS = 15 * 60 * 1000;
export const CHALLENGE_TTL_MS = 60 * 1000;
