import { expect, test } from 'vitest';
import type { CardOptions } from '$lib/state/unit';
import { UnitCardChoice } from './card.svelte';

const now = 1_763_362_000_000;
const dayMs = 86_400_000;

test('the card shown is of the last choice, also when an earlier one is made later', async () => {
	const waiting: { options: CardOptions; give: (link: string) => void }[] = [];
	const choice = new UnitCardChoice(
		(options) => new Promise((resolve) => waiting.push({ options, give: resolve })),
		() => now
	);
	const first = choice.make();
	const second = choice.choose({ kind: 'open', days: 365 });
	expect(waiting.map(({ options }) => options)).toEqual([
		{ oneTime: true, days: 30 },
		{ oneTime: false, days: 365 }
	]);
	waiting[1]?.give('second');
	waiting[0]?.give('first');
	await Promise.all([first, second]);
	expect(choice.made).toEqual({ status: 'ready', link: 'second', until: now + 365 * dayMs });
});

test('a card that cannot be made is said, not left waiting', async () => {
	const choice = new UnitCardChoice(
		() => Promise.resolve(null),
		() => now
	);
	expect(choice.made.status).toBe('making');
	await choice.make();
	expect(choice.made).toEqual({ status: 'failed' });
});
