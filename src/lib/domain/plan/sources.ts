/** Where the numbers of the templates come from, as read and graded in STANDARDS. A source is no approval: see `origins.ts`. */
export interface Source {
	/** Part of STANDARDS. */
	readonly section: string;
	/** R: read in the source or a copy of it. Q: second-hand, to be confirmed before release. D: our own reading of words as steps. */
	readonly grade: 'R' | 'Q' | 'D';
	readonly citation: string;
}

export const sources = {
	weightGain: {
		section: 'A3',
		grade: 'R',
		citation: 'ESC/HFA: more than 2 kg in 3 days; Jaarsma 2020, doi:10.1002/ejhf.2008; ESC Congress 2019, P6334'
	},
	heartSymptomsYellow: {
		section: 'A3',
		grade: 'D',
		citation: 'terveyskyla.fi/sv, hjärtsvikt: more breathless, dizzier, dry cough. The steps are ours'
	},
	heartSymptomsRed: {
		section: 'A3',
		grade: 'D',
		citation:
			'terveyskyla.fi/sv: strong breathlessness that rest does not ease, chest pain; ucr.uu.se/rikssvikt: not gone after 5 min rest; commonspirit.org: fainting. The steps are ours'
	},
	dailyWeight: {
		section: 'A3',
		grade: 'R',
		citation: 'terveyskyla.fi/sv, viktkontroll: every morning before breakfast'
	},
	homeMean: {
		section: 'A1',
		grade: 'R',
		citation:
			'Home mean of 135/85 or more: Stergiou 2018, doi:10.1111/jch.13284; ESC 2024, doi:10.1093/eurheartj/ehae178'
	},
	homeSeries: {
		section: 'A1',
		grade: 'R',
		citation: 'ESH 2021, doi:10.1097/HJH.0000000000002922: 7 days, two readings morning and evening, day 1 dropped'
	},
	veryHighPressure: {
		section: 'A2',
		grade: 'R',
		citation: 'narhalsan.se, prvardvc.se: 230 systolic or 130 diastolic, as soon as possible'
	},
	glucoseCall: {
		section: 'A5',
		grade: 'Q',
		citation: 'nhi.no: two values above 18 or below 4 mmol/L that you cannot correct'
	},
	glucoseSevereLow: { section: 'A5', grade: 'Q', citation: 'mylife-diabetescare.se: below 2.8 mmol/L is severe' },
	copdExacerbation: {
		section: 'A4',
		grade: 'R',
		citation:
			'viss.nu after Läkemedelsverket 2023: two of discoloured sputum, more sputum, more breathless. The step of breathlessness is ours'
	},
	copdModerate: { section: 'A4', grade: 'R', citation: 'viss.nu after Läkemedelsverket 2023: saturation below 93 %' },
	copdSevere: {
		section: 'A4',
		grade: 'R',
		citation: 'viss.nu after Läkemedelsverket 2023: saturation below 90 %, heart rate 110 or more'
	},
	redFlags: { section: 'A2', grade: 'R', citation: 'ltdalarna.se, heart.org: chest pain, stroke signs, fainting' }
} as const satisfies Readonly<Record<string, Source>>;
export type SourceId = keyof typeof sources;

/** Undefined for a source of a newer app. */
export const sourceOf = (id: string): Source | undefined =>
	Object.hasOwn(sources, id) ? sources[id as SourceId] : undefined;
