/** Frames as the relay hands them out, checked before anything is stored. */
import type { PullRange } from '$lib/protocol/api/frames';
import { parseFrame, verifyFrame, type Frame } from '$lib/protocol/frame';
import type { CircleAccess } from './circle-access';

export interface PulledRange extends PullRange {
	readonly count: number;
}

export interface Pulled {
	readonly frame: Frame;
	/** False while the device is not known: its log may still come. */
	readonly verified: boolean;
}

/** A frame of that very range; null for anything else, also when a device that is known did not sign it. */
export function readPulled(bytes: Uint8Array, range: PulledRange, access: CircleAccess): Pulled | null {
	const frame = parseFrame(bytes);
	if (!frame.ok || frame.value.header.book !== range.book || frame.value.header.circle !== range.circle) return null;
	const keys = [...access.identities.values()].flatMap(
		(identity) => identity.devices.get(frame.value.header.device)?.sign ?? []
	);
	const verified = keys.some((key) => verifyFrame(frame.value, key));
	return verified || keys.length === 0 ? { frame: frame.value, verified } : null;
}

/** True for a frame of a device that stands, confirmed, in no log that is known here. */
export function isOfStranger(bytes: Uint8Array, access: CircleAccess): boolean {
	const frame = parseFrame(bytes);
	if (!frame.ok) return false;
	const { device } = frame.value.header;
	return ![...access.identities.values()].some((identity) => identity.devices.get(device)?.confirmed);
}

/** What is left to ask for of a range after an answer. */
export const advanced = (range: PullRange, got: readonly PulledRange[]): PullRange[] => {
	const answer = got.find((each) => each.book === range.book);
	return answer ? [{ ...range, after: answer.after + answer.count }] : [range];
};
