/**
 * Books: one kind of data in a circle with its own keys. Sharing a book is handing over its key, so this list is also the
 * list of what can be shared apart (ARCHITECTURE 5).
 */
import { measureKinds, type MeasureKind } from './measures';

/** Books that are not a measure's. `log` holds receipts and access facts; `private` never leaves the person's devices. */
export const otherBookKinds = ['medicines', 'routines', 'plan', 'messages', 'log', 'profile', 'private'] as const;

export type BookKind = MeasureKind | (typeof otherBookKinds)[number];

const bookKinds: readonly BookKind[] = [...measureKinds, ...otherBookKinds];

/** Made with every circle. A `messages` book is made for each conversation when it begins. */
export const initialBookKinds: readonly BookKind[] = bookKinds.filter((kind) => kind !== 'messages');

/** What a person chooses among when they share: the plan, every measure, and medicines with other events. */
export const shareableBooks = ['plan', ...measureKinds, 'medicines'] as const;
export type ShareableBook = (typeof shareableBooks)[number];
