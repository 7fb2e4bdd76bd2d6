/**
 * Which heads of the relay's vector were taken in whole, so that what has not moved is not opened again. A staff device keeps
 * that from one start to the next: of hundreds of circles only those are looked at in which something has come.
 *
 * What is kept holds only while the circle on this device is what it was then (`CircleStamps`), and never for one in which
 * something waits to be sent: whether it arrives must be seen (docs/protocol.md 11, MR12).
 */
import * as z from 'zod/mini';
import { toBase64url, utf8 } from '$lib/crypto/bytes';
import { sha256 } from '$lib/crypto/hash';
import type { CircleHead } from '$lib/protocol/api/heads';
import type { CircleId, IdentityId } from '$lib/protocol/ids';
import { StorageAbort } from '$lib/storage/errors';
import type { DeviceKeys } from '$lib/storage/keyring';
import type { LocalStore } from '$lib/storage/local-store';
import { parsedText } from '$lib/storage/panel-store';

interface Taken {
	/** Names the head: all that the relay said of the circle. */
	readonly head: string;
	/** Everyone in the circle: whose logs it was opened with. */
	readonly identities: readonly IdentityId[];
	/** How the circle stood here when this was kept; null while it is not. */
	readonly stamp: string | null;
}

const keptSchema = z.object({
	v: z.literal(1),
	taken: z.array(z.object({ circle: z.string(), head: z.string(), identities: z.array(z.string()), stamp: z.string() }))
});

/** From so many on, all circles are read at once instead of one by one. */
const MANY = 20;

export class TakenHeads {
	readonly #store: LocalStore;
	readonly #taken = new Map<CircleId, Taken>();
	#isChanged = false;
	#isRecalled = false;

	constructor(store: LocalStore) {
		this.#store = store;
	}

	has(head: CircleHead): boolean {
		return this.#taken.get(head.circle)?.head === nameOf(head);
	}

	note(head: CircleHead, identities: Iterable<IdentityId>): void {
		this.#taken.set(head.circle, { head: nameOf(head), identities: [...identities], stamp: null });
		this.#isChanged = true;
	}

	forget(circle: CircleId): void {
		if (this.#taken.delete(circle)) this.#isChanged = true;
	}

	clear(): void {
		this.#isChanged ||= this.#taken.size > 0;
		this.#taken.clear();
	}

	/** Takes over, once, what an earlier session had taken in and that stands here as it did. */
	async recall(device: DeviceKeys): Promise<void> {
		if (this.#isRecalled || !device.unit) return;
		this.#isRecalled = true;
		const panel = await this.#store.panel();
		const [text, stamps] = await Promise.all([panel.readTaken(), panel.readStamps(device)]);
		const kept = keptSchema.safeParse(parsedText(text ?? ''));
		for (const { circle, head, identities, stamp } of kept.success ? kept.data.taken : []) {
			const taken = { head, identities: identities as IdentityId[], stamp };
			if (stamps.of(circle as CircleId, taken.identities) === stamp) this.#taken.set(circle as CircleId, taken);
		}
	}

	/** Keeps it for the next start. One that cannot be kept costs that start a look, and nothing else. */
	async keep(device: DeviceKeys): Promise<void> {
		if (!this.#isChanged || !device.unit) return;
		this.#isChanged = false;
		try {
			const panel = await this.#store.panel();
			const fresh = [...this.#taken].filter(([, { stamp }]) => stamp === null);
			const all = fresh.length > MANY ? await panel.readStamps(device) : null;
			for (const [circle, taken] of fresh) {
				const { identities } = taken;
				const stamp = all ? all.of(circle, identities) : await panel.stampOf(circle, identities, device);
				this.#taken.set(circle, { ...taken, stamp });
			}
			const waiting = new Set(await panel.waitingCircles());
			const taken = [...this.#taken].flatMap(([circle, each]) =>
				each.stamp === null || waiting.has(circle) ? [] : [{ circle, ...each }]
			);
			await panel.keepTaken(JSON.stringify({ v: 1, taken }));
		} catch (error) {
			// Storage that is gone for the moment is told by whoever needs it.
			if (!(error instanceof StorageAbort)) throw error;
		}
	}
}

const nameOf = (head: CircleHead): string => toBase64url(sha256(utf8(JSON.stringify(head))));
