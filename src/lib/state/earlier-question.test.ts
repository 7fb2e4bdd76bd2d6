/** S3: what is older than somebody was given is asked about before it is sealed, once, naming who will see it. */
import { expect, test } from 'vitest';
import { must } from '$lib/domain/assert';
import { parseLocalDate } from '$lib/domain/time';
import type { IdentityId } from '$lib/protocol/ids';
import { EarlierQuestion, type Earlier } from './earlier-question.svelte';

const day = (text: string) => must(parseLocalDate(text), 'a day');
const about = (name: string): Earlier => ({
	readers: [{ identity: name as IdentityId, name, day: day('2026-05-01') }],
	day: day('2026-04-01'),
	count: 1
});

/** Once somebody is being asked. */
const asked = async (question: EarlierQuestion) => {
	for (let turns = 0; question.asked === null && turns < 20; turns += 1) await Promise.resolve();
	return question.asked;
};

test('one question at a time, and nothing is held on to when it has been answered', async () => {
	const question = new EarlierQuestion();
	const [first, second] = [question.ask(about('Anna'), () => 0), question.ask(about('Sara'), () => 0)];
	expect((await asked(question))?.readers[0]?.name).toBe('Anna');
	question.answer(false);
	expect(await first).toBe(false);
	expect((await asked(question))?.readers[0]?.name).toBe('Sara');
	question.answer(true);
	expect([await second, question.asked]).toEqual([true, null]);
});

test('a yes goes for the rest of an import, and not for later or for others; a no is asked again', async () => {
	const question = new EarlierQuestion();
	let now = 0;
	const ask = (name: string) => question.ask(about(name), () => now);
	const yes = ask('Anna');
	await asked(question);
	question.answer(true);
	expect(await yes).toBe(true);
	now = 30_000;
	expect(await ask('Anna')).toBe(true);
	const other = ask('Sara');
	expect((await asked(question))?.readers[0]?.name).toBe('Sara');
	question.answer(false);
	expect(await other).toBe(false);
	const again = ask('Sara');
	expect(await asked(question)).not.toBeNull();
	question.answer(true);
	expect(await again).toBe(true);
	now = 120_000;
	const later = ask('Sara');
	expect(await asked(question)).not.toBeNull();
	question.answer(true);
	expect(await later).toBe(true);
});
