/**
 * What the answers about living habits (levnadsvanor) add up to by the rules of Socialstyrelsen and Folkhälsomyndigheten
 * (STANDARDS A8). Answers are stored as codes with the version of the rule, so that old answers keep their own; what they
 * add up to is not stored. A question left out makes its own area null, which is "vet inte", and no other.
 */
import { HABITS_RULE } from './questionnaires';

/** Answer codes by the field keys of the `habits` measure. */
export type HabitAnswers = Readonly<Record<string, number | undefined>>;

export interface HabitsScore {
	readonly diet: DietScore | null;
	readonly activity: ActivityScore | null;
	readonly alcoholRisk: boolean | null;
	/** Smoking every day, which is what the indicator counts. */
	readonly dailySmoking: boolean | null;
}

/** Every area at once. `rule` is the version stored with the answers; only the older one asks for `sex`. */
export function scoreHabits(answers: HabitAnswers, rule: string, sex?: Sex): HabitsScore {
	const { training, everydayActivity, alcoholWeek, alcoholOccasion, tobacco } = answers;
	const drinking = {
		glassesAWeek: valueOf(leastGlassesAWeek, alcoholWeek),
		heavyOccasionsAMonth: valueOf(occasionsAMonth, alcoholOccasion)
	};
	return {
		diet: scoreDiet(answers),
		activity: scoreActivity(valueOf(trainingMinutes, training), valueOf(everydayMinutes, everydayActivity)),
		alcoholRisk: isAlcoholRisk(drinking, rule, sex),
		dailySmoking: tobacco === undefined ? null : tobacco === SMOKES_DAILY
	};
}

/** What an answer stands for; null for none, and for a code this version does not know. */
const valueOf = (valuesByCode: readonly number[], code: number | undefined): number | null =>
	code === undefined ? null : (valuesByCode[code] ?? null);

export interface DietScore {
	/** 0 to 12. */
	readonly points: number;
	readonly category: 'follows-advice' | 'between' | 'considerably-unhealthy';
}

/** The most points of "betydande ohälsosamma matvanor". */
const UNHEALTHY_TO = 4;
const FOLLOWS_ADVICE_FROM = 9;

/**
 * Vegetables, fruit, fish and sweets, whose codes are their points, 0 to 3 each (Region Gävleborg; Socialstyrelsen's
 * guideline 5.14). Null until all four are answered.
 */
export function scoreDiet({ vegetables, fruit, fish, sweets }: HabitAnswers): DietScore | null {
	if (vegetables === undefined || fruit === undefined || fish === undefined || sweets === undefined) return null;
	const points = vegetables + fruit + fish + sweets;
	if (points <= UNHEALTHY_TO) return { points, category: 'considerably-unhealthy' };
	return { points, category: points >= FOLLOWS_ADVICE_FROM ? 'follows-advice' : 'between' };
}

export interface ActivityScore {
	/** Aktivitetsminuter of a week. */
	readonly minutes: number;
	readonly isSufficient: boolean;
}

const SUFFICIENT_MINUTES = 150;
const TRAINING_WEIGHT = 2;

/**
 * From minutes of training and of everyday movement a week; training counts twice, and 150 together are enough
 * (Folkhälsomyndigheten, whose own example is 45 and 45 minutes: 135). Null unless both are known.
 */
export function scoreActivity(trainingMin: number | null, everydayMin: number | null): ActivityScore | null {
	if (trainingMin === null || everydayMin === null) return null;
	const minutes = everydayMin + TRAINING_WEIGHT * trainingMin;
	return { minutes, isSufficient: minutes >= SUFFICIENT_MINUTES };
}

/**
 * Minutes by answer code. A range counts as its middle, as in Folkhälsomyndigheten's example, and the open range at the
 * top as where it begins, so that nobody is credited with more than they said. The ends are our own decision: no
 * published mapping was found.
 */
const trainingMinutes = [0, 15, 45, 75, 105, 120];
const everydayMinutes = [0, 15, 45, 75, 120, 225, 300];

/** Socialstyrelsen's limits had one for women and one for men until 12 September 2023. */
export const HABITS_RULE_BEFORE_2023 = 'sos-before-2023-09-12';
export type Sex = 'woman' | 'man';

export interface Drinking {
	/** Standard glasses of 12 g alcohol in an ordinary week. */
	readonly glassesAWeek: number | null;
	/** How many times a month at least as many glasses at once as the rule calls many. */
	readonly heavyOccasionsAMonth: number | null;
}

const HEAVY_OCCASIONS_A_MONTH = 1;

/**
 * Risk use (riskbruk): too many glasses a week, or many at once at least once a month. Since 2023 that is 10 glasses or
 * more, and 4 at once; before, more than 9 and 4 for women, more than 14 and 5 for men. One yes is enough; null when
 * neither says yes and one is unknown, and for a rule, or a sex where the rule needs it, that is unknown.
 */
export function isAlcoholRisk(
	{ glassesAWeek, heavyOccasionsAMonth }: Drinking,
	rule: string,
	sex?: Sex
): boolean | null {
	const isTooMany = weekLimit(rule, sex);
	if (isTooMany === null) return null;
	const parts = [
		glassesAWeek === null ? null : isTooMany(glassesAWeek),
		heavyOccasionsAMonth === null ? null : heavyOccasionsAMonth >= HEAVY_OCCASIONS_A_MONTH
	];
	if (parts.includes(true)) return true;
	return parts.includes(null) ? null : false;
}

function weekLimit(rule: string, sex: Sex | undefined): ((glasses: number) => boolean) | null {
	if (rule === HABITS_RULE) return (glasses) => glasses >= 10;
	if (rule !== HABITS_RULE_BEFORE_2023 || sex === undefined) return null;
	return (glasses) => glasses > (sex === 'woman' ? 9 : 14);
}

/** The fewest glasses of each answer: every limit lies between two ranges, so any number of a range judges alike. */
const leastGlassesAWeek = [0, 0, 1, 5, 10, 15];
/** "Mer sällan än en gång i månaden" is put as every second month; only whether it is once a month matters. */
const occasionsAMonth = [0, 0.5, 1, 4, 30];
const SMOKES_DAILY = 4;
