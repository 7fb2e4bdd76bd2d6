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
	return { post: (message) => channel.postMessage(message), close: () => channel.close() };
}
