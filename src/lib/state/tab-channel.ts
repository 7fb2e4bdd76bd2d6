/** Tabs of one space tell each other what changed. Only names of what changed travel; each tab reads the store itself. */
import * as z from 'zod/mini';
import { bookIdSchema, circleIdSchema } from '$lib/protocol/ids';
import type { Space } from '$lib/storage/database';

export const tabMessageSchema = z.discriminatedUnion('type', [
	/** Frames, keys or standing of a circle changed in the store. */
	z.strictObject({
		type: z.literal('changed'),
		circle: circleIdSchema,
		keys: z.boolean(),
		books: z.array(bookIdSchema)
	}),
	/** This device's own row changed: first save, sharing turned on, enrolment. */
	z.strictObject({ type: z.literal('device') }),
	/** Something waits to be sent: the tab that syncs should look. */
	z.strictObject({ type: z.literal('outbox') }),
	z.strictObject({
		type: z.literal('status'),
		status: z.enum(['local', 'syncing', 'synced', 'unreachable', 'refused', 'went-back', 'cloned', 'shut-out'])
	}),
	/** The space is locked, or what opens it has changed: let go of its keys and look again. */
	z.strictObject({ type: z.literal('lock') }),
	/** Somebody uses the app in a tab, or has just left it: no tab locks by itself while another is used. */
	z.strictObject({ type: z.literal('use'), shown: z.boolean() }),
	/** The space is being erased: let go of it. */
	z.strictObject({ type: z.literal('erased') })
]);
export type TabMessage = z.infer<typeof tabMessageSchema>;

export interface TabChannel {
	post(message: TabMessage): void;
	close(): void;
}

/** Opens the space's channel. Without BroadcastChannel a tab simply hears nothing from the others. */
export function openTabChannel(space: Space, onMessage: (message: TabMessage) => void): TabChannel {
	if (typeof BroadcastChannel === 'undefined') return { post: () => undefined, close: () => undefined };
	const channel = new BroadcastChannel(`hemlinje:${space}`);
	channel.onmessage = (event: MessageEvent<unknown>) => {
		const message = tabMessageSchema.safeParse(event.data);
		if (message.success) onMessage(message.data);
	};
	let isClosed = false;
	return {
		// What is still under way in a tab that has let go, e.g. of a locked space, is nobody's business any more.
		post: (message) => (isClosed ? undefined : channel.postMessage(message)),
		close() {
			isClosed = true;
			channel.close();
		}
	};
}
