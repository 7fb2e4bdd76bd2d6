/** Frames as the relay hands them out, checked before anything is stored. */
import type { PullRange } from '$lib/protocol/api/frames';
import { parseFrame, verifyFrame, type Frame } from '$lib/protocol/frame';
import type { DeviceId, Hash } from '$lib/protocol/ids';
import type { CircleAccess } from './circle-access';

export interface PulledRange extends PullRange {
	readonly count: number;
}

export interface Pulled {
	readonly frame: Frame;
	/** False while the device is not known: its log may still come. */
	readonly verified: boolean;
}

/**
 * Frames of that very range; null when one is anything else, or was not signed by a device that is known.
 *
 * A signature over a frame is one over all before it, which its `prev` names by their hashes: of a chain that comes in one
 * answer the newest is checked, and stands for the rest (docs/decisions/0017). What nothing newer names is checked itself.
 */
export function readPulled(
	answer: readonly (Frame | null)[],
	range: PulledRange,
	access: CircleAccess
): readonly Pulled[] | null {
	const frames: Frame[] = [];
	for (const frame of answer) {
		if (frame?.header.book !== range.book || frame.header.circle !== range.circle) return null;
		frames.push(frame);
	}
	const keys = new Map<DeviceId, readonly Uint8Array[]>();
	const vouchedFor = new Map<Hash, DeviceId>();
	const pulled: Pulled[] = [];
	for (const frame of frames.toReversed()) {
		const { device, prev } = frame.header;
		const known = keys.get(device) ?? keysOf(device, access);
		keys.set(device, known);
		const isVouchedFor = vouchedFor.get(frame.hash) === device;
		const verified = isVouchedFor || known.some((key) => verifyFrame(frame, key));
		if (!verified && known.length > 0) return null;
		if (verified && prev !== null) vouchedFor.set(prev, device);
		pulled.push({ frame, verified });
	}
	return pulled.reverse();
}

const keysOf = (device: DeviceId, { identities }: CircleAccess): readonly Uint8Array[] =>
	[...identities.values()].flatMap((identity) => identity.devices.get(device)?.sign ?? []);

/** The frames in what the relay has answered; null for bytes that are none. */
export const parsePulled = (answer: readonly Uint8Array[]): (Frame | null)[] =>
	answer.map((bytes) => {
		const frame = parseFrame(bytes);
		return frame.ok ? frame.value : null;
	});

/** True where one of the frames is of a device that stands, confirmed, in no log that is known here. */
export function hasStranger(frames: readonly (Frame | null)[], { identities }: CircleAccess): boolean {
	const devices = new Set(frames.flatMap((frame) => frame?.header.device ?? []));
	return [...devices].some(
		(device) => ![...identities.values()].some((identity) => identity.devices.get(device)?.confirmed)
	);
}

/** What is left to ask for of a range after an answer. */
export const advanced = (range: PullRange, got: readonly PulledRange[]): PullRange[] => {
	const answer = got.find((each) => each.book === range.book);
	return answer ? [{ ...range, after: answer.after + answer.count }] : [range];
};
