/**
 * Weight gain in heart failure (STANDARDS A3): how much, and whether it reaches the limits that guidelines and studies use.
 *
 * These rules miss most turns for the worse and often fire without one, so false is never an all-clear: it says only that
 * the gain measured so far is below this limit. Null is "vet inte": ask for a weight. What a person is told comes from the
 * plan, and its limits are the person's own.
 */

/** One weight of a day. Days are whole numbers counted from any day. Null where nobody stood on the scale. */
export interface DayWeight {
	readonly day: number;
	readonly kg: number | null;
}

/** Days before today, both counted: 1 is yesterday. */
export interface WeightWindow {
	readonly from: number;
	readonly to: number;
}

/**
 * Today's weight above the lowest of the window, in whole grams, negative for a loss; in grams, because 64.4 - 62.4 is more
 * than 2 in binary fractions. Null when today, or the whole window, has no weight. Weights may come in any order; of
 * several on one day the first counts, as the one weighed in the morning.
 */
export function weightGainG(weights: readonly DayWeight[], today: number, window: WeightWindow): number | null {
	const gramsByDay = new Map<number, number>();
	for (const { day, kg } of weights) {
		if (kg !== null && !gramsByDay.has(day)) gramsByDay.set(day, Math.round(kg * 1000));
	}
	const now = gramsByDay.get(today);
	const before = [...gramsByDay].flatMap(([day, grams]) =>
		day >= today - window.to && day <= today - window.from ? grams : []
	);
	return now === undefined || before.length === 0 ? null : now - Math.min(...before);
}

export interface WeightRule {
	readonly window: WeightWindow;
	readonly limitG: number;
	/** True where the gain must be more than the limit, and the limit itself is not enough. */
	readonly isBeyond: boolean;
}

/** 1.36 kg as the sources write it, so that what a scale of two decimals shows as 1.36 counts. Exactly it is 1 360.8 g. */
const THREE_POUNDS_G = 1360;
/** 2.268 kg: 2.27 counts. */
const FIVE_POUNDS_G = 2268;
const TWO_KILOS_G = 2000;

/** The days that lie within three days, or within a week, whatever of them was weighed. */
const THREE_DAYS = { from: 1, to: 3 } as const;
const ONE_WEEK = { from: 1, to: 7 } as const;

/** The rules that were found in writing; a plan may set its own limit in the same shape. */
export const weightRules = {
	/** More than 2 kg in three days, from the lowest of them (ESC/HFA; Jaarsma 2020, doi:10.1002/ejhf.2008). */
	moreThan2KgIn3Days: { window: THREE_DAYS, limitG: TWO_KILOS_G, isBeyond: true },
	/** 3 pounds or more from yesterday, which must have been weighed (Zhang 2009, doi:10.1093/eurjhf/hfp033). */
	threePoundsIn1Day: { window: { from: 1, to: 1 }, limitG: THREE_POUNDS_G, isBeyond: false },
	/** 5 pounds or more from the very day three days ago, which must have been weighed (the same). */
	fivePoundsIn3Days: { window: { from: 3, to: 3 }, limitG: FIVE_POUNDS_G, isBeyond: false },
	/** 5 pounds or more in a week, from the lowest of its days (US zone sheets, such as commonspirit.org). */
	fivePoundsInAWeek: { window: ONE_WEEK, limitG: FIVE_POUNDS_G, isBeyond: false },
	/**
	 * More than 2 kg in three to seven days, from the lowest of the week (terveyskyla.fi/sv). The last days count too: who
	 * has gained as much in one day has gained it within seven.
	 */
	moreThan2KgIn3To7Days: { window: ONE_WEEK, limitG: TWO_KILOS_G, isBeyond: true }
} as const satisfies Readonly<Record<string, WeightRule>>;

/** Whether today's gain reaches a rule; null, "vet inte", when today or the rule's whole window has no weight. */
export function isWeightRuleMet(rule: WeightRule, weights: readonly DayWeight[], today: number): boolean | null {
	const gain = weightGainG(weights, today, rule.window);
	if (gain === null) return null;
	return rule.isBeyond ? gain > rule.limitG : gain >= rule.limitG;
}
