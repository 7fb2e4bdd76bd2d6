/**
 * What a plan can be begun from, as data. Every number carries its source and stays a suggestion until a care contact has
 * approved the line it stands in (`origins.ts`): limits are the person's own. The words are asked of the catalogue.
 */
import type { MeasureKind } from '../measures';
import type { ClauseDraft, Relation } from './clause';
import type { TemplateId } from './plan';
import type { RuleZone } from './rule';
import type { SourceId } from './sources';

/** What somebody who has this measures: if none of it is there, the template may be the wrong one. */
export const signatureMeasures: Readonly<Record<TemplateId, readonly MeasureKind[]>> = {
	heartFailure: ['weight'],
	hypertension: ['bloodPressure'],
	diabetes: ['glucose'],
	copd: ['oxygenSaturation'],
	general: []
};

/** Lines in words; the catalogue has each of them. */
export type TemplateText = `${TemplateId}_${'green' | 'me' | 'care'}` | 'rest_and_measure' | 'take_sugar';

export interface RuleDraft {
	readonly zone: RuleZone;
	/** Absent: one of the clauses is enough. */
	readonly least?: number;
	readonly clauses: readonly ClauseDraft[];
	/** 112 only where the source says so: a red zone shows both numbers in any case (ARCHITECTURE 1.5). */
	readonly call: '112' | '1177';
	readonly first?: TemplateText;
	readonly source: SourceId;
}

interface MeasuringDraft {
	readonly measure: MeasureKind;
	readonly times: readonly number[];
	readonly protocol?: 'esh-7d';
	readonly everyWeeks?: number;
	readonly source?: SourceId;
}

interface Template {
	readonly measuring: readonly MeasuringDraft[];
	readonly rules: readonly RuleDraft[];
}

const symptom = (field: string, step: number): ClauseDraft => ({ kind: 'symptom', field, step, withinDays: 2 });
const value = (
	measure: MeasureKind,
	field: string,
	relation: Relation,
	limit: number,
	readings = 1,
	withinDays = 2
): ClauseDraft => ({ kind: 'value', measure, field, relation, limit, readings, withinDays });

const MORNING = 7 * 60;
const EVENING = 19 * 60;

export const templates: Readonly<Record<TemplateId, Template>> = {
	heartFailure: {
		measuring: [
			{ measure: 'weight', times: [MORNING], source: 'dailyWeight' },
			{ measure: 'symptoms', times: [MORNING] }
		],
		rules: [
			{ zone: 'yellow', clauses: [{ kind: 'weightGain', kg: 2, days: 3 }], call: '1177', source: 'weightGain' },
			{
				zone: 'yellow',
				clauses: [symptom('breathlessness', 2), symptom('dizziness', 2), symptom('dryCough', 2)],
				call: '1177',
				source: 'heartSymptomsYellow'
			},
			{
				zone: 'red',
				clauses: [
					symptom('breathlessness', 3),
					symptom('breathlessAfterRest', 1),
					symptom('chestPain', 1),
					symptom('fainting', 1)
				],
				call: '112',
				source: 'heartSymptomsRed'
			}
		]
	},
	hypertension: {
		measuring: [
			{ measure: 'bloodPressure', times: [MORNING, EVENING], protocol: 'esh-7d', everyWeeks: 4, source: 'homeSeries' }
		],
		rules: [
			{
				zone: 'yellow',
				clauses: [mean('systolic', 135), mean('diastolic', 85)],
				call: '1177',
				source: 'homeMean'
			},
			{
				zone: 'red',
				// Two in a row: the first step at a very high value is to rest and measure again (STANDARDS A2).
				clauses: [
					value('bloodPressure', 'systolic', 'atLeast', 230, 2, 30),
					value('bloodPressure', 'diastolic', 'atLeast', 130, 2, 30)
				],
				call: '1177',
				first: 'rest_and_measure',
				source: 'veryHighPressure'
			}
		]
	},
	diabetes: {
		measuring: [{ measure: 'glucose', times: [MORNING] }],
		rules: [
			{
				zone: 'yellow',
				clauses: [value('glucose', 'glucose', 'over', 18, 2), value('glucose', 'glucose', 'under', 4, 2)],
				call: '1177',
				source: 'glucoseCall'
			},
			{
				zone: 'red',
				clauses: [value('glucose', 'glucose', 'under', 2.8)],
				call: '1177',
				first: 'take_sugar',
				source: 'glucoseSevereLow'
			}
		]
	},
	copd: {
		measuring: [
			{ measure: 'oxygenSaturation', times: [MORNING] },
			{ measure: 'pulse', times: [MORNING] },
			{ measure: 'symptoms', times: [MORNING] }
		],
		rules: [
			{
				zone: 'yellow',
				least: 2,
				clauses: [symptom('discolouredSputum', 1), symptom('moreSputum', 1), symptom('breathlessness', 2)],
				call: '1177',
				source: 'copdExacerbation'
			},
			{
				zone: 'yellow',
				clauses: [value('oxygenSaturation', 'saturation', 'under', 93)],
				call: '1177',
				source: 'copdModerate'
			},
			{
				zone: 'red',
				clauses: [value('oxygenSaturation', 'saturation', 'under', 90), value('pulse', 'pulse', 'atLeast', 110)],
				call: '1177',
				source: 'copdSevere'
			}
		]
	},
	general: {
		measuring: [{ measure: 'symptoms', times: [MORNING] }],
		rules: [
			{
				zone: 'red',
				clauses: [symptom('chestPain', 1), symptom('fainting', 1), symptom('suddenWeakness', 1)],
				call: '112',
				source: 'redFlags'
			}
		]
	}
};

function mean(field: 'systolic' | 'diastolic', limit: number): ClauseDraft {
	return { kind: 'seriesMean', field, relation: 'atLeast', limit, withinDays: 90 };
}
