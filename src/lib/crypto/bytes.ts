/** Byte helpers every sealed format is built from. All lengths and integers are big-endian. */
import { base64urlnopad } from '@scure/base';

/** Fresh random bytes. Injected, so that tests are deterministic and a failing generator is refused in one place. */
export type RandomBytes = (length: number) => Uint8Array;

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true });

export const utf8 = (text: string): Uint8Array => encoder.encode(text);

/** Decodes UTF-8; null when the bytes are not valid UTF-8. */
export function utf8ToString(bytes: Uint8Array): string | null {
	try {
		return decoder.decode(bytes);
	} catch {
		return null;
	}
}

export const concat = (...parts: readonly Uint8Array[]): Uint8Array => concatAll(parts);

/** As `concat`, of any number of parts: a call takes only some ten thousands of arguments. */
export function concatAll(parts: readonly Uint8Array[]): Uint8Array {
	const out = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
	let at = 0;
	for (const part of parts) {
		out.set(part, at);
		at += part.length;
	}
	return out;
}

/** Equality in time that depends on the length only. */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
	if (a.length !== b.length) return false;
	let difference = 0;
	for (let i = 0; i < a.length; i += 1) difference |= (a[i] ?? 0) ^ (b[i] ?? 0);
	return difference === 0;
}

export const toBase64url = (bytes: Uint8Array): string => base64urlnopad.encode(bytes);

/** Decodes strict, unpadded base64url; null when it is anything else. */
export function fromBase64url(text: string): Uint8Array | null {
	try {
		return base64urlnopad.decode(text);
	} catch {
		return null;
	}
}

export function u16(value: number): Uint8Array {
	const out = new Uint8Array(2);
	new DataView(out.buffer).setUint16(0, value);
	return out;
}

export function u32(value: number): Uint8Array {
	const out = new Uint8Array(4);
	new DataView(out.buffer).setUint32(0, value);
	return out;
}

const view = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** Reads an unsigned 16-bit integer; the caller has checked that two bytes are there. */
export const readU16 = (bytes: Uint8Array, at: number): number => view(bytes).getUint16(at);
/** Reads an unsigned 32-bit integer; the caller has checked that four bytes are there. */
export const readU32 = (bytes: Uint8Array, at: number): number => view(bytes).getUint32(at);
