/** Drafts of forms in the sealed store, so that nothing typed is lost when the app is closed. */
import * as z from 'zod/mini';
import type { LocalStore } from '$lib/storage/local-store';
import type { DraftKeeper } from './draft-keeper';

/** A draft is a kindness: what cannot be kept or read is simply not there. */
export function sealedDrafts(store: LocalStore): DraftKeeper {
	return {
		load: async (form) => (await store.readDraft(form, z.unknown()).catch(() => null)) ?? undefined,
		save: async (form, value) => void (await store.saveDraft(form, value)),
		clear: async (form) => void (await store.clearDraft(form))
	};
}
