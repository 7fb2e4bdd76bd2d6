/**
 * Frames over the wire, as binary bodies.
 *
 * `POST push`: `(u32 length | frame)*` → JSON `{results:[{book, device, seq, pos}]}`, one a frame in order. All or nothing.
 * `POST return`: the same, for frames that were at the relay before it was restored from a backup (part 11).
 * `POST pull`: JSON ranges → `u32 length | JSON header | (u32 length | frame)*`, frames in the order of the header's ranges.
 */
import * as z from 'zod/mini';
import { concat, readU32, u32, utf8 } from '$lib/crypto/bytes';
import { MAX_FRAME_BYTES } from '../frame';
import { bookIdSchema, circleIdSchema, deviceIdSchema } from '../ids';
import { parseJson } from '../json';
import { MAX_PULL_RANGES } from './limits';

const position = z.int().check(z.minimum(0));

export const pushResponseSchema = z.strictObject({
	results: z.array(z.strictObject({ book: bookIdSchema, device: deviceIdSchema, seq: z.int(), pos: position }))
});
export type PushResult = z.infer<typeof pushResponseSchema>['results'][number];

/** `after`: the last position the caller holds. */
export const pullRequestSchema = z.strictObject({
	ranges: z
		.array(z.strictObject({ circle: circleIdSchema, book: bookIdSchema, after: position }))
		.check(z.minLength(1), z.maxLength(MAX_PULL_RANGES))
});
export type PullRange = z.infer<typeof pullRequestSchema>['ranges'][number];

export const pullHeaderSchema = z.strictObject({
	/** True when the answer was cut at the size limit: ask again from what came. */
	more: z.boolean(),
	/** Frames at positions `after + 1 … after + count`. */
	ranges: z.array(z.strictObject({ circle: circleIdSchema, book: bookIdSchema, after: position, count: position }))
});
export type PullHeader = z.infer<typeof pullHeaderSchema>;

/** Each frame with its length before it: thousands at a time, so each is copied once and nothing else is made. */
export function joinFrames(frames: readonly Uint8Array[]): Uint8Array {
	const body = new Uint8Array(frames.reduce((sum, frame) => sum + 4 + frame.length, 0));
	const view = new DataView(body.buffer);
	let at = 0;
	for (const frame of frames) {
		view.setUint32(at, frame.length);
		body.set(frame, at + 4);
		at += 4 + frame.length;
	}
	return body;
}

/** The frames of a body, each with bytes of its own, or null when lengths do not add up. */
export function splitFrames(body: Uint8Array): Uint8Array[] | null {
	const frames: Uint8Array[] = [];
	for (let at = 0; at < body.length;) {
		if (at + 4 > body.length) return null;
		const length = readU32(body, at);
		if (length > MAX_FRAME_BYTES || at + 4 + length > body.length) return null;
		frames.push(body.slice(at + 4, at + 4 + length));
		at += 4 + length;
	}
	return frames;
}

export function encodePull(header: PullHeader, frames: readonly Uint8Array[]): Uint8Array {
	const json = utf8(JSON.stringify(header));
	return concat(u32(json.length), json, joinFrames(frames));
}

/** Header and frames, or null when the body is anything else or the counts do not match. */
export function parsePull(body: Uint8Array): { header: PullHeader; frames: Uint8Array[] } | null {
	if (body.length < 4) return null;
	const end = 4 + readU32(body, 0);
	if (end > body.length) return null;
	const header = parseJson(pullHeaderSchema, body.subarray(4, end));
	const frames = splitFrames(body.subarray(end));
	const expected = header?.ranges.reduce((sum, range) => sum + range.count, 0);
	return header && frames && frames.length === expected ? { header, frames } : null;
}
