/**
 * Runs the published blood pressure cases (`bp-protocol-cases.json`) through the domain: means of a series, triage, and what
 * a form takes. A case that cannot be read is a failed case.
 */
import * as z from 'zod/mini';
import { checkInput } from '../../src/lib/domain/entry-input';
import { homeBpResult, type HomeBpResult } from '../../src/lib/domain/home-bp';
import { homeBpPresets } from '../../src/lib/domain/home-bp-presets';
import { measures } from '../../src/lib/domain/measures';
import { categoryEsc2024Home, categoryStergiou2018 } from '../../src/lib/domain/pressure-category';
import type { PressureMean } from '../../src/lib/domain/pressure-mean';
import { pressureSymptoms, triagePressure } from '../../src/lib/domain/pressure-triage';
import { effectiveAt } from '../../src/lib/domain/time';
import type { CaseResult } from './case-result';
import { type Answer, isMet, malformed, runCases, type Tolerance } from './judge';

/** Where the cases were lived. */
const ZONE = 'Europe/Stockholm';

const fileSchema = z.object({
	cases: z._default(z.array(z.unknown()), []),
	triage: z._default(z.array(z.unknown()), []),
	plausibility: z._default(z.array(z.unknown()), [])
});

/** One result for each case of the file, in its order; for something that is no such file, one that failed. */
export function run(json: unknown): CaseResult[] {
	const file = fileSchema.safeParse(json);
	if (!file.success) return [malformed('bp-protocol-cases', file.error)];
	const { cases, triage, plausibility } = file.data;
	return [
		...runCases('cases', cases, seriesCaseSchema, runSeries),
		...runCases('triage', triage, triageCaseSchema, runTriage),
		...runCases('plausibility', plausibility, plausibilityCaseSchema, runPlausibility)
	];
}

/** The file's means have three decimals. */
const tolerance: Tolerance = () => 1e-3;

const presetSchema = z.pipe(
	z.string(),
	z.transform((name, context) => {
		const preset = Object.values(homeBpPresets).find(({ id }) => id === name);
		if (preset) return preset;
		context.issues.push({ code: 'custom', message: 'an unknown protocol', input: name });
		return z.NEVER;
	})
);

const seriesCaseSchema = z.object({
	profile: presetSchema,
	readings: z.array(
		z.object({
			at: z.iso.datetime({ offset: true }),
			systolic: z.number(),
			diastolic: z.number(),
			pulse: z.nullish(z.number())
		})
	),
	expected: z.record(z.string(), z.unknown()),
	/** What those get who count an imported reading twice. */
	expectedIfNotDeduplicated: z.optional(z.unknown())
});

function runSeries({ profile, readings, expected, ...wrong }: z.infer<typeof seriesCaseSchema>): Answer {
	const result = homeBpResult(
		readings.map(({ at, pulse, ...pressure }) => ({
			...pressure,
			pulse: pulse ?? undefined,
			effective: effectiveAt(Date.parse(at), ZONE)
		})),
		profile
	);
	const got = seriesInTheFilesWords(result);
	const { expectedIfNotDeduplicated } = wrong;
	if (expectedIfNotDeduplicated !== undefined && isMet({ expected: expectedIfNotDeduplicated, got, tolerance })) {
		return { expected: 'each reading once', got: 'a reading counted twice' };
	}
	return { expected, got, tolerance };
}

function seriesInTheFilesWords({ overall, morning, evening, shown, ...result }: HomeBpResult) {
	const mean = overall && { systolic: overall.systolic.mean, diastolic: overall.diastolic.mean };
	return {
		...result,
		mean: meanInTheFilesWords(overall),
		morning: meanInTheFilesWords(morning),
		evening: meanInTheFilesWords(evening),
		categoryStergiou2018: mean && categoryStergiou2018(mean),
		categoryEsc2024Home: mean && categoryEsc2024Home(mean),
		displaySystolic: shown?.systolic.rounded ?? null,
		displayDiastolic: shown?.diastolic.rounded ?? null
	};
}

const meanInTheFilesWords = (mean: PressureMean | null) =>
	mean
		? {
				n: mean.n,
				systolic: mean.systolic.mean,
				diastolic: mean.diastolic.mean,
				pulse: mean.pulse?.mean ?? null,
				sdSystolic: mean.systolic.sd,
				sdDiastolic: mean.diastolic.sd
			}
		: { n: 0 };

/** Other words for the same symptom. */
const synonyms: Readonly<Record<string, string>> = {
	'shortness-of-breath': 'breathlessness',
	'difficulty-breathing': 'breathlessness',
	dyspnea: 'breathlessness',
	'severe-back-pain': 'back-pain',
	'vision-changes': 'vision-change',
	'vision-loss': 'vision-change',
	'difficulty-speaking': 'speech-difficulty',
	'slurred-speech': 'speech-difficulty',
	'facial-droop': 'face-drooping',
	'one-sided-weakness': 'weakness',
	'numbness-or-weakness': 'weakness',
	unconsciousness: 'unconscious',
	fainting: 'syncope',
	presyncope: 'near-fainting'
};

const triageCaseSchema = z.object({
	systolic: z.number(),
	diastolic: z.number(),
	symptoms: z.array(
		z.pipe(
			z.pipe(
				z.string(),
				z.transform((word) => synonyms[word] ?? word)
			),
			z.enum(pressureSymptoms)
		)
	),
	pregnant: z._default(z.boolean(), false),
	expect: z.record(z.string(), z.unknown())
});

function runTriage({ expect, ...input }: z.infer<typeof triageCaseSchema>): Answer {
	const { patientPage, ...triage } = triagePressure(input);
	return { expected: expect, got: { ...triage, se_patient_page: patientPage } };
}

const plausibilityCaseSchema = z.object({
	field: z.enum(['systolic', 'diastolic', 'pulse', 'pair']),
	value: z.union([z.number(), z.string()]),
	accept: z.boolean(),
	warn: z.boolean()
});

/** Typed into the form beside values that are possible with it, so that only the one in question can be refused. */
function runPlausibility({ field, value, ...expected }: z.infer<typeof plausibilityCaseSchema>): Answer {
	const text = String(value);
	const [systolic = '', diastolic = ''] = text.split('/');
	const beside = { systolic: field === 'diastolic' ? '240' : '120', diastolic: '30' };
	const typed = field === 'pair' ? { systolic, diastolic } : { ...beside, [field]: text };
	const checked = checkInput(measures.bloodPressure, typed, { effective: effectiveAt(0, ZONE) });
	const questions = checked.ok ? checked.value.questions : [];
	const warn = questions.some((question) => field === 'pair' || question.field === field);
	return { expected, got: { accept: checked.ok, warn } };
}
