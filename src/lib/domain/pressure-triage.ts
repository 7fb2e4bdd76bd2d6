/**
 * Where patient texts send a person with a high or low blood pressure (STANDARDS A2). Shown on no patient screen
 * (ARCHITECTURE 1.4): a domain function held against the vectors. What a person sees is the one safety notice
 * (`safety-notice.ts`), and nothing else may import this.
 *
 * Symptoms win over numbers: a red flag asks for 112 whatever the pressure, and no number makes an answer milder.
 */
import { type Pressure, reachesLimit } from './pressure';
import { safetyNoticeFor } from './safety-notice';

/** Sudden and new. From heart.org's list beside a high pressure, the signs of stroke and loss of consciousness (112). */
const redFlagSymptoms = [
	'chest-pain',
	'breathlessness',
	'back-pain',
	'numbness',
	'weakness',
	'vision-change',
	'speech-difficulty',
	'face-drooping',
	'unconscious'
] as const;

/** Clear trouble at a low pressure (1177, "Lågt blodtryck"). */
const lowPressureSymptoms = ['dizziness', 'dizziness-recurrent', 'near-fainting'] as const;

/** Fainted and awake again (svimning). No source gives a rule: see `urgencyOfSymptoms`. */
const SYNCOPE = 'syncope';

export const pressureSymptoms = [...redFlagSymptoms, ...lowPressureSymptoms, SYNCOPE] as const;
export type PressureSymptom = (typeof pressureSymptoms)[number];

export interface TriageInput extends Pressure {
	readonly symptoms: readonly PressureSymptom[];
	readonly pregnant: boolean;
}

/** Least urgent first. */
const actions = [
	'no-alarm',
	'contact-vardcentral',
	'call-1177',
	'vardcentral-or-jour-as-soon-as-possible',
	'contact-immediately',
	'call-112'
] as const;
export type TriageAction = (typeof actions)[number];

export interface PressureTriage {
	/** The most urgent of what the symptoms and the numbers ask for. */
	readonly action: TriageAction;
	/** What Swedish patient pages say of the pressure (narhalsan.se, prvardvc.se, 1177); null where they ask for nothing, or a red flag decides. */
	readonly patientPage: TriageAction | null;
	/** Grades of AKO Skåne, for values measured in care; null below grade 1. */
	readonly grade: PressureGrade | null;
	/** Below 90/60: too low only when it is felt; null otherwise. */
	readonly flag: 'low-with-symptoms' | 'low-without-symptoms' | null;
	/** Rest and measure again before anything else: an extreme value without a red flag. */
	readonly measureAgainFirst: boolean;
}

/** One measured pressure, in mmHg. There is no tier of its own between 180/110 and 230/130 (D3: no Swedish source has one). */
export function triagePressure(input: TriageInput): PressureTriage {
	const isRedFlag = input.symptoms.some((symptom) => isOneOf(redFlagSymptoms, symptom));
	const grade = pressureGrade(input);
	const patientPage = isRedFlag ? null : patientPageFor(input);
	return {
		action: moreUrgent(isRedFlag ? 'call-112' : urgencyOfSymptoms(input), patientPage ?? 'no-alarm'),
		patientPage,
		grade,
		flag: lowPressureFlag(input),
		measureAgainFirst: !isRedFlag && (grade === 'grade-3' || isSevereInPregnancy(input))
	};
}

/** After a faint without a red flag 1177 is called, whatever the pressure (D4: our proposal, for the clinical owner to decide). */
const urgencyOfSymptoms = ({ symptoms }: TriageInput): TriageAction =>
	symptoms.includes(SYNCOPE) ? 'call-1177' : 'no-alarm';

function patientPageFor(input: TriageInput): TriageAction | null {
	if (isSevereInPregnancy(input)) return 'contact-immediately';
	const { systolic, diastolic } = input;
	if (safetyNoticeFor('bloodPressure', { systolic, diastolic })) {
		return 'vardcentral-or-jour-as-soon-as-possible';
	}
	const isTooLow = lowPressureFlag(input) === 'low-with-symptoms';
	return isTooLow || reachesLimit(input, 140, 90) ? 'contact-vardcentral' : null;
}

const isSevereInPregnancy = (input: TriageInput): boolean => input.pregnant && reachesLimit(input, 160, 110);

/** Either pressure below its limit is low, as either above is high. */
function lowPressureFlag({ systolic, diastolic, symptoms }: TriageInput): PressureTriage['flag'] {
	if (systolic >= 90 && diastolic >= 60) return null;
	return symptoms.length > 0 ? 'low-with-symptoms' : 'low-without-symptoms';
}

export type PressureGrade = 'grade-1' | 'grade-2' | 'grade-3';

/** The worse of the two pressures: from 140/90, 160/100 and 180/110 (AKO Skåne, STANDARDS A1). */
function pressureGrade(pressure: Pressure): PressureGrade | null {
	if (reachesLimit(pressure, 180, 110)) return 'grade-3';
	if (reachesLimit(pressure, 160, 100)) return 'grade-2';
	return reachesLimit(pressure, 140, 90) ? 'grade-1' : null;
}

const moreUrgent = (a: TriageAction, b: TriageAction): TriageAction =>
	actions.indexOf(a) >= actions.indexOf(b) ? a : b;

const isOneOf = (symptoms: readonly PressureSymptom[], symptom: PressureSymptom): boolean => symptoms.includes(symptom);
