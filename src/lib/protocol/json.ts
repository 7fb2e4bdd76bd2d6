/**
 * JSON from outside: size is the caller's check, depth and text are checked here, a schema follows. Nothing from the
 * wire reaches code unparsed (docs/protocol.md F3).
 */
import type * as z from 'zod/mini';
import { utf8ToString } from '$lib/crypto/bytes';

/** Deepest nesting any message of ours has. */
export const MAX_DEPTH = 8;

/** The deepest nesting of brackets outside strings; linear, no recursion. */
export function jsonDepth(text: string): number {
	let depth = 0;
	let deepest = 0;
	let inString = false;
	for (let i = 0; i < text.length; i += 1) {
		const character = text.charCodeAt(i);
		if (inString) {
			if (character === 0x5c) i += 1;
			else if (character === 0x22) inString = false;
		} else if (character === 0x22) inString = true;
		else if (character === 0x7b || character === 0x5b) deepest = Math.max(deepest, (depth += 1));
		else if (character === 0x7d || character === 0x5d) depth -= 1;
	}
	return deepest;
}

/** Parsed and checked, or null for anything that is not exactly this shape. Never throws. */
export function parseJson<T>(schema: z.ZodMiniType<T>, bytes: Uint8Array): T | null {
	const text = utf8ToString(bytes);
	if (text === null || jsonDepth(text) > MAX_DEPTH) return null;
	try {
		const result = schema.safeParse(JSON.parse(text));
		return result.success ? result.data : null;
	} catch {
		return null;
	}
}
