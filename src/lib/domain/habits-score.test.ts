import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { must } from './assert';
import {
	HABITS_RULE_BEFORE_2023,
	type HabitAnswers,
	isAlcoholRisk,
	scoreActivity,
	scoreDiet,
	scoreHabits
} from './habits-score';
import { measures } from './measures';
import { HABITS_RULE } from './questionnaires';

const points = fc.integer({ min: 0, max: 3 });
const diet = fc.record({ vegetables: points, fruit: points, fish: points, sweets: points });
const minutes = fc.integer({ min: 0, max: 600 });
const drinking = fc.record({
	glassesAWeek: fc.option(fc.integer({ min: 0, max: 30 })),
	heavyOccasionsAMonth: fc.option(fc.constantFrom(0, 0.5, 1, 4, 30))
});

/** Any answers the form allows, questions left out too. */
const answers: fc.Arbitrary<HabitAnswers> = fc.record(
	Object.fromEntries(measures.habits.fields.map(({ key, hard }) => [key, fc.integer(hard)])),
	{ requiredKeys: [] }
);

describe('diet', () => {
	test.each([
		[4, 'considerably-unhealthy'],
		[5, 'between'],
		[8, 'between'],
		[9, 'follows-advice']
	] as const)('%i points: %s', (sum, category) => {
		const [vegetables, fruit] = [Math.min(3, sum), Math.max(0, Math.min(3, sum - 3))];
		const fish = Math.max(0, Math.min(3, sum - 6));
		expect(scoreDiet({ vegetables, fruit, fish, sweets: 0 })).toEqual({ points: sum, category });
	});

	test('is between 0 and 12, and a better answer never lowers it', () => {
		fc.assert(
			fc.property(diet, fc.constantFrom('vegetables', 'fruit', 'fish', 'sweets'), (given, question) => {
				const score = must(scoreDiet(given), 'four answers').points;
				expect(score).toBeGreaterThanOrEqual(0);
				expect(score).toBeLessThanOrEqual(12);
				const better = { ...given, [question]: Math.min(3, given[question] + 1) };
				expect(must(scoreDiet(better), 'four answers').points).toBeGreaterThanOrEqual(score);
			})
		);
	});

	test('is unknown with three answers', () => {
		expect(scoreDiet({ vegetables: 3, fruit: 3, fish: 3 })).toBeNull();
	});
});

describe('activity', () => {
	test("Folkhälsomyndigheten's own example is 135 minutes, which are not enough", () => {
		expect(scoreActivity(45, 45)).toEqual({ minutes: 135, isSufficient: false });
	});

	test('150 minutes are enough, 149 are not', () => {
		expect(scoreActivity(0, 149)?.isSufficient).toBe(false);
		expect(scoreActivity(0, 150)?.isSufficient).toBe(true);
		expect(scoreActivity(75, 0)?.isSufficient).toBe(true);
	});

	test('is unknown unless both are known', () => {
		expect(scoreActivity(null, 300)).toBeNull();
		expect(scoreActivity(300, null)).toBeNull();
	});

	test('a minute of training counts as two of everyday movement', () => {
		fc.assert(
			fc.property(minutes, minutes, (training, everyday) => {
				expect(scoreActivity(training, everyday)).toEqual(scoreActivity(0, everyday + 2 * training));
			})
		);
	});

	test.each([
		[2, 2, 135],
		[0, 0, 0],
		[1, 4, 150],
		[5, 6, 540]
	])('answers %i and %i are %i minutes', (training, everydayActivity, expected) => {
		expect(scoreHabits({ training, everydayActivity }, HABITS_RULE).activity?.minutes).toBe(expected);
	});
});

describe('alcohol', () => {
	const risk = (glassesAWeek: number | null, heavyOccasionsAMonth: number | null) =>
		isAlcoholRisk({ glassesAWeek, heavyOccasionsAMonth }, HABITS_RULE);

	test('ten glasses a week, or many at once every month, is risk use', () => {
		expect(risk(9, 0)).toBe(false);
		expect(risk(10, 0)).toBe(true);
		expect(risk(0, 1)).toBe(true);
		expect(risk(9, 0.5)).toBe(false);
	});

	test('one yes is enough, one no is not', () => {
		expect(risk(10, null)).toBe(true);
		expect(risk(null, 1)).toBe(true);
		expect(risk(9, null)).toBeNull();
		expect(risk(null, 0)).toBeNull();
	});

	test('before September 2023 it was more than 9 for women and more than 14 for men', () => {
		const before = (glassesAWeek: number, sex?: 'woman' | 'man') =>
			isAlcoholRisk({ glassesAWeek, heavyOccasionsAMonth: 0 }, HABITS_RULE_BEFORE_2023, sex);
		expect([before(9, 'woman'), before(10, 'woman')]).toEqual([false, true]);
		expect([before(14, 'man'), before(15, 'man')]).toEqual([false, true]);
		expect(before(15)).toBeNull();
	});

	test('the rule of an app to come is unknown here', () => {
		expect(isAlcoholRisk({ glassesAWeek: 20, heavyOccasionsAMonth: 4 }, 'sos-2031')).toBeNull();
	});

	test('drinking more never takes the risk away', () => {
		fc.assert(
			fc.property(drinking, fc.constantFrom(HABITS_RULE, HABITS_RULE_BEFORE_2023), (given, rule) => {
				const more = { ...given, glassesAWeek: given.glassesAWeek === null ? null : given.glassesAWeek + 1 };
				if (isAlcoholRisk(given, rule, 'man') === true) expect(isAlcoholRisk(more, rule, 'man')).toBe(true);
			})
		);
	});
});

describe('all areas', () => {
	test('answers keep the rule they were given under', () => {
		const given = { alcoholWeek: 4, alcoholOccasion: 0 };
		expect(scoreHabits(given, HABITS_RULE).alcoholRisk).toBe(true);
		expect(scoreHabits(given, HABITS_RULE_BEFORE_2023, 'man').alcoholRisk).toBe(false);
	});

	test('daily smoking counts, smoking now and then does not', () => {
		expect(scoreHabits({ tobacco: 4 }, HABITS_RULE).dailySmoking).toBe(true);
		expect(scoreHabits({ tobacco: 3 }, HABITS_RULE).dailySmoking).toBe(false);
	});

	test('nothing answered is nothing known', () => {
		const nothing = { diet: null, activity: null, alcoholRisk: null, dailySmoking: null };
		expect(scoreHabits({}, HABITS_RULE)).toEqual(nothing);
	});

	test('every answer the form allows is understood, and an area is unknown only for want of answers', () => {
		fc.assert(
			fc.property(answers, (given) => {
				const { diet, activity, alcoholRisk, dailySmoking } = scoreHabits(given, HABITS_RULE);
				const has = (...keys: string[]) => keys.every((key) => given[key] !== undefined);
				expect(diet !== null).toBe(has('vegetables', 'fruit', 'fish', 'sweets'));
				expect(activity !== null).toBe(has('training', 'everydayActivity'));
				expect(dailySmoking !== null).toBe(has('tobacco'));
				if (has('alcoholWeek', 'alcoholOccasion')) expect(alcoholRisk).not.toBeNull();
			})
		);
	});
});
