import { describe, expect, test } from 'vitest';
import { createRecoveryCode, recoveryCodeGroups } from '$lib/crypto/recovery-code';
import { systemRandom } from '$lib/crypto/random';
import { err, ok } from '$lib/domain/result';
import type { FoundIdentity } from '$lib/state/restoring';
import { RestoreFlow, type RestoreActs } from './restore-flow.svelte';

const code = createRecoveryCode(systemRandom);
const paper = recoveryCodeGroups(code).join(' ');
const restored = { readings: 3, circles: 1, unreadable: 0, isUnit: false };

/** A device and a relay that do as they are told, and note what was done. */
function flowWith(changed: Partial<RestoreActs> = {}) {
	const done: string[] = [];
	const acts: RestoreActs = {
		isEmpty: () => Promise.resolve(true),
		lookUp: () => Promise.resolve(ok({} as FoundIdentity)),
		begin: () => Promise.resolve(ok(void done.push('begin'))),
		bringBack: () => Promise.resolve(ok(restored)),
		isNothingSent: () => Promise.resolve(false),
		takeBack: () => Promise.resolve(void done.push('take back')),
		...changed
	};
	const flow = new RestoreFlow(acts);
	flow.typed = paper;
	return { flow, done };
}

describe('the way back', () => {
	test('L3: a code that leads home ends with what came back, and the code is gone from the screen', async () => {
		const { flow, done } = flowWith();
		await flow.start();
		expect(flow.step).toEqual({ type: 'done', restored });
		expect([flow.typed, done]).toEqual(['', ['begin']]);
	});

	test.each([
		['too short', 'ABCD', 'wrong-length'],
		['with a slip', paper.slice(0, -1) + (paper.endsWith('7') ? '8' : '7'), 'wrong-check']
	])('a code %s is told before anybody is asked, and stays as typed', async (_, typed, problem) => {
		let asked = 0;
		const { flow } = flowWith({ lookUp: () => Promise.resolve(((asked += 1), ok({} as FoundIdentity))) });
		flow.typed = typed;
		await flow.start();
		expect([flow.step.type, flow.problem?.type, flow.typed, asked]).toEqual(['code', problem, typed, 0]);
	});

	test.each(['unreachable', 'not-found', 'replaced', 'altered'] as const)(
		'%s: said so, the code stays, and nothing has begun',
		async (type) => {
			const { flow, done } = flowWith({ lookUp: () => Promise.resolve(err({ type })) });
			await flow.start();
			expect([flow.step.type, flow.problem?.type, flow.typed, done]).toEqual(['code', type, paper, []]);
		}
	);

	test('values that were saved here meanwhile are not written over', async () => {
		const { flow, done } = flowWith({ isEmpty: () => Promise.resolve(false) });
		await flow.start();
		expect([flow.problem?.type, done]).toEqual(['not-empty', []]);
	});

	test('stopped before the relay was told, everything is as before; after that it is a pause that goes on', async () => {
		const stopping: RestoreActs['bringBack'] = (signal) =>
			new Promise((resolve) => signal.addEventListener('abort', () => resolve(err({ type: 'unreachable' }))));
		const early = flowWith({ bringBack: stopping, isNothingSent: () => Promise.resolve(true) });
		const first = early.flow.start();
		await expect.poll(() => early.flow.step.type).toBe('bringing');
		early.flow.cancel();
		await first;
		expect([early.flow.step.type, early.flow.typed, early.done]).toEqual(['code', paper, ['begin', 'take back']]);

		let isStopped = false;
		const late = flowWith({
			bringBack: (signal, report) => (isStopped ? Promise.resolve(ok(restored)) : stopping(signal, report))
		});
		const second = late.flow.start();
		await expect.poll(() => late.flow.step.type).toBe('bringing');
		late.flow.cancel();
		await second;
		expect(late.flow.step).toEqual({ type: 'paused', error: null });
		isStopped = true;
		await late.flow.resume();
		expect(late.flow.step.type).toBe('done');
	});

	test('a code used on two devices at once: this one is as before, and may try again', async () => {
		const { flow, done } = flowWith({ bringBack: () => Promise.resolve(err({ type: 'overtaken' })) });
		await flow.start();
		expect([flow.step.type, flow.problem?.type, done]).toEqual(['code', 'overtaken', ['begin', 'take back']]);
	});
});
