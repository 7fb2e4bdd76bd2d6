/** Drafts in memory, as text, so that nothing but plain JSON survives. */
import type { DraftKeeper } from '../../src/lib/state/draft-keeper';

export class MemoryDrafts implements DraftKeeper {
	readonly kept = new Map<string, string>();

	load(form: string): Promise<unknown> {
		const text = this.kept.get(form);
		return Promise.resolve(text === undefined ? undefined : JSON.parse(text));
	}

	save(form: string, value: unknown): Promise<void> {
		this.kept.set(form, JSON.stringify(value));
		return Promise.resolve();
	}

	clear(form: string): Promise<void> {
		this.kept.delete(form);
		return Promise.resolve();
	}
}
