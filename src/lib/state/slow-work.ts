/**
 * Slow work in a thread of its own. Each task has a fresh worker that ends with it: stopping a task is ending its thread, and
 * what it held of passphrases and keys goes with it.
 */
import type { AgeError, AgeKey, AgeLock } from '$lib/crypto/age-file';
import type { PassphraseCost } from '$lib/crypto/lock-keys';
import type { Result } from '$lib/domain/result';
import workerUrl from './slow-worker?worker&url';

export type SlowTask =
	| { readonly type: 'seal'; readonly lock: AgeLock; readonly plaintext: Uint8Array }
	| { readonly type: 'open'; readonly key: AgeKey; readonly file: Uint8Array }
	| {
			readonly type: 'derive';
			readonly passphrase: string;
			readonly salt: Uint8Array;
			readonly cost: PassphraseCost;
	  };

export type SlowAnswer =
	| { readonly type: 'seal'; readonly file: Uint8Array }
	| { readonly type: 'open'; readonly result: Result<Uint8Array, AgeError> }
	| { readonly type: 'derive'; readonly key: Uint8Array };

type AnswerOf<T extends SlowTask> = Extract<SlowAnswer, { type: T['type'] }>;

/** Rejects when the thread cannot be had, or when `signal` ends it. */
export function slowly<T extends SlowTask>(task: T, signal?: AbortSignal): Promise<AnswerOf<T>> {
	return new Promise((resolve, reject) => {
		const worker = new Worker(trustedUrl(), { type: 'module' });
		const end = (settle: () => void): void => {
			worker.terminate();
			settle();
		};
		worker.onmessage = (event: MessageEvent<AnswerOf<T>>) => end(() => resolve(event.data));
		worker.onerror = () => end(() => reject(new Error('A slow task failed')));
		signal?.addEventListener('abort', () => end(() => reject(new DOMException('Stopped', 'AbortError'))));
		worker.postMessage(task);
	});
}

type Policy = { readonly createScriptURL: (url: string) => unknown };
let policy: Policy | null = null;

/** One address, built into the app: the policy lets nothing else through. */
function trustedUrl(): string {
	const { trustedTypes } = globalThis as { trustedTypes?: { createPolicy: (name: string, rules: Policy) => Policy } };
	policy ??= trustedTypes?.createPolicy('hemlinje-slow-url', { createScriptURL: () => workerUrl }) ?? null;
	return (policy?.createScriptURL(workerUrl) ?? workerUrl) as string;
}
