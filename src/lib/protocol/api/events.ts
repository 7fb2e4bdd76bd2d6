/**
 * `GET events`: a stream of server-sent events, read by a streaming `fetch` with the token in its header. Each nudge says
 * only that something moved in a circle; the reader then asks for heads. A comment line every 15 s keeps it alive.
 */
import * as z from 'zod/mini';
import { circleIdSchema } from '../ids';

export const nudgeSchema = z.strictObject({ circle: circleIdSchema });
export type Nudge = z.infer<typeof nudgeSchema>;

/** Seconds between keep-alive comments. A reader that hears nothing for three of them reconnects. */
export const KEEP_ALIVE_S = 15;

export const encodeNudge = (nudge: Nudge): string => `event: nudge\ndata: ${JSON.stringify(nudge)}\n\n`;
