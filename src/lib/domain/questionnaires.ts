/** Measures that are answered in words: symptoms as they are today, and living habits (levnadsvanor). */
import type { FieldDefinition, MeasureDefinition } from './measure-definition';

const question = (key: string, scale: string, most: number, redFlagFrom?: number): FieldDefinition => ({
	key,
	scale,
	unit: '{score}',
	decimals: 0,
	hard: { min: 0, max: most },
	soft: { min: 0, max: most },
	required: false,
	redFlagFrom
});

/** 0 nej, 1 lite, 2 ganska mycket, 3 mycket. */
const severity = (key: string, redFlagFrom?: number) => question(key, 'severity', 3, redFlagFrom);
/** Folded away: asked about by most plans seldom, or answered the same most days. */
const seldom = (field: FieldDefinition): FieldDefinition => ({ ...field, isSeldom: true });
const yesNo = (key: string, redFlagFrom?: number) => question(key, 'yesNo', 1, redFlagFrom);

/**
 * Symptom (STANDARDS A3, A4). Breathlessness that rest does not ease, waking from it, and pillows are questions of their
 * own. An answer left out is unknown, never "no".
 */
export const symptoms: MeasureDefinition<'symptoms'> = {
	kind: 'symptoms',
	entry: 'questions',
	context: [],
	chart: { yStep: 1, line: 'line', series: ['breathlessness', 'swelling', 'fatigue'], colour: 1 },
	fields: [
		severity('breathlessness', 3),
		severity('swelling'),
		severity('fatigue'),
		severity('dizziness'),
		seldom(yesNo('breathlessAfterRest')),
		seldom(yesNo('nightBreathlessness')),
		seldom(question('pillows', 'pillows', 5)),
		seldom(severity('dryCough')),
		seldom(severity('palpitations')),
		seldom(severity('nightUrination')),
		seldom(yesNo('moreSputum')),
		seldom(yesNo('discolouredSputum')),
		severity('chestPain', 1),
		yesNo('fainting', 1),
		yesNo('suddenWeakness', 1)
	]
};

/** Stored with the answers: the limit for alcohol changed on 2023-09-12, and old answers must keep their own rule. */
export const HABITS_RULE = 'sos-2023-09-12';

/** Socialstyrelsen's indicator questions; a step is the answer's code (STANDARDS A8). */
export const habits: MeasureDefinition<'habits'> = {
	kind: 'habits',
	entry: 'questions',
	context: [],
	ruleVersion: HABITS_RULE,
	// Ten unlike questions make no curve; the answers stand beside each other over time.
	chart: { yStep: 1, line: 'line', series: [], colour: 1 },
	fields: [
		question('vegetables', 'greens', 3),
		question('fruit', 'greens', 3),
		question('fish', 'fish', 3),
		question('sweets', 'sweets', 3),
		question('training', 'training', 5),
		question('everydayActivity', 'everydayActivity', 6),
		question('sitting', 'sitting', 6),
		question('alcoholWeek', 'alcoholWeek', 5),
		question('alcoholOccasion', 'alcoholOccasion', 4),
		question('tobacco', 'tobacco', 4)
	]
};
