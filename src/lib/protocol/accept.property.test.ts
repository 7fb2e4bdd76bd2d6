/**
 * C1: the accept rule in every order. Signatures are stood in for by keyed hashes, because thousands of worlds are made and
 * Ed25519 is proved in its own tests; every rule about who signed what still holds.
 */
import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { judge, play, shuffled, step } from '../../../tests/support/random-worlds';
import type { Acceptance } from './accept';
import { bookOf } from './manifest';
import { projectObservations } from './project';

vi.mock('$lib/crypto/signing', async (original) => {
	const { markedSigning } = await import('../../../tests/support/marked-signing');
	return { ...(await original<object>()), ...markedSigning() };
});

describe('C1: one state, whatever the order', () => {
	const summary = (state: Acceptance): string =>
		JSON.stringify({
			accepted: state.accepted.map(({ frame, author, role }) => [frame.hash, author, role]),
			parked: state.parked.map(({ frame, reason }) => [frame.hash, reason]).sort(),
			forked: state.forked,
			shown: projectObservations(state.accepted)
		});

	test(
		'2,000 worlds, five replicas each: one state; nothing before a cut lost; nothing without a right accepted',
		{ timeout: 120_000 },
		() => {
			const seen = { frames: 0, accepted: 0, cuts: 0, forks: 0, beyond: 0, lost: 0 };
			fc.assert(
				fc.property(fc.array(step, { minLength: 4, maxLength: 14 }), fc.nat(1_000_000), (steps, seed) => {
					const played = play(steps);
					const whole = judge(played, played.frames);
					const expected = summary(whole);
					for (let replica = 0; replica < 5; replica += 1) {
						const order = shuffled(played.frames, seed + replica * 7919);
						// Reading midway must change nothing about the end.
						judge(played, order.slice(0, order.length >> 1));
						if (summary(judge(played, order)) !== expected) throw new Error(`replica ${replica} diverged`);
					}
					const accepted = new Set(whole.accepted.map(({ frame }) => frame.hash));
					for (const hash of played.mustCount)
						if (!accepted.has(hash)) throw new Error('a frame before its cut was lost');
					for (const hash of played.mustNotCount)
						if (accepted.has(hash)) throw new Error('a frame without a right was accepted');
					const { cuts, books } = played.circle.head.body;
					for (const { frame, author } of whole.accepted) {
						const { epoch, seq, device } = frame.header;
						const over = cuts.some((cut) => {
							if (cut.member !== author || epoch > cut.epoch) return false;
							const head = cut.heads.find((each) => each.device === device);
							return head ? seq > head.seq : cut.listedOnly !== true;
						});
						if (over) throw new Error('a frame after a cut was accepted');
						if (epoch > (bookOf(played.circle.head.body, frame.header.book)?.epoch ?? 0) || books.length === 0)
							throw new Error('an epoch from nowhere');
					}
					seen.frames += played.frames.length;
					seen.accepted += accepted.size;
					seen.cuts += cuts.length;
					seen.forks += whole.forked.length;
					seen.beyond += whole.parked.filter(({ reason }) => reason === 'beyond-cut').length;
					seen.lost += played.mustCount.size;
				}),
				{ numRuns: 2000, seed: 20_261_122 }
			);
			// The worlds must hold what the rule is about.
			expect(Math.min(...Object.values(seen))).toBeGreaterThan(100);
		}
	);
});
