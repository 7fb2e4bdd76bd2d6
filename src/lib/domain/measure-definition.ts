/**
 * What a definition of a measure says. Forms, validation, charts, sharing and exports read it, so that a new measure is
 * one more definition in `measures.ts` and its words in the catalogue (`measures.json`).
 */

/** An inclusive range in the field's unit. */
export interface Range {
	readonly min: number;
	readonly max: number;
}

/** A unit some meters show instead of the one stored. */
export interface OtherUnit {
	/** UCUM. */
	readonly unit: string;
	/** Decimals a person may type in this unit. */
	readonly decimals: number;
	/** A number in this range, typed as the stored unit, is asked about: may it be this unit (STANDARDS A9)? */
	readonly suspected: Range;
	/** Into the stored unit, not rounded. */
	readonly toStored: (value: number) => number;
	/** Out of the stored unit, not rounded. */
	readonly fromStored: (value: number) => number;
	/** True where whole countries use it, so that it can be chosen from the start. */
	readonly isOffered: boolean;
}

export interface FieldDefinition {
	/** Key in `values` of a stored entry. Never renamed once released. */
	readonly key: string;
	/** UCUM unit, as stored. */
	readonly unit: string;
	/** Decimals a person may type; stored values are rounded to it. */
	readonly decimals: number;
	readonly hard: Range;
	readonly soft: Range;
	readonly required: boolean;
	/** Answered by one of the whole numbers of `hard`, whose names stand in the catalogue under this; absent: by digits. */
	readonly scale?: string | undefined;
	/** Steps that are numbers to the person (0 to 10): shown as such, and their mean has a meaning. Others are shown by name. */
	readonly isNumbered?: boolean | undefined;
	/** As drawn: the best step first, where small numbers are the good ones. */
	readonly bestFirst?: boolean | undefined;
	/** One of several questions that stands folded away until asked for. Never one with a red flag. */
	readonly isSeldom?: boolean | undefined;
	readonly otherUnits?: readonly OtherUnit[] | undefined;
	/** More than `most` from the value of at most `days` days before is asked about once. */
	readonly jump?: { readonly most: number; readonly days: number } | undefined;
	/** From this value on the safety notice stands below the saved value (ARCHITECTURE 1.4). */
	readonly redFlagFrom?: number | undefined;
	readonly loinc?: string | undefined;
	/** SNOMED CT concepts by name, as `codes.json` of the vectors names them. */
	readonly snomed?: Readonly<Record<string, string>> | undefined;
}

/** Circumstances a person may add: one of a few named values, folded away. */
export interface ContextDefinition {
	/** Key in `context` of a stored entry. Never renamed once released. */
	readonly key: string;
	readonly values: readonly string[];
}

export interface ChartDefinition {
	/** Distance of the lines across, in the field's unit. */
	readonly yStep: number;
	/** `ribbon`: points with their five-day mean. `line`: from value to value. */
	readonly line: 'ribbon' | 'line';
	/** Keys of the fields drawn, at most four. The others stand in words and table. */
	readonly series: readonly string[];
	/** The hour matters: mornings and evenings are told apart, and readings can be shown against the hour. */
	readonly byHour?: boolean | undefined;
	/** Colour and shape of the first series, so that measures that are often drawn together differ: 1 to 4. */
	readonly colour: 1 | 2 | 3 | 4;
}

export interface MeasureDefinition<Kind extends string = string> {
	readonly kind: Kind;
	/** `digits`: number fields. `scale`: one choice of named steps. `questions`: several, of which some may be left out. */
	readonly entry: 'digits' | 'scale' | 'questions';
	readonly fields: readonly FieldDefinition[];
	readonly context: readonly ContextDefinition[];
	readonly chart: ChartDefinition;
	/** LOINC code of the whole observation. */
	readonly loinc?: string | undefined;
	/** SNOMED CT concept of the whole observation. */
	readonly snomed?: Readonly<Record<string, string>> | undefined;
	/** Most people follow it: offered from the start. The others come forward once they have been used. */
	readonly isEveryday?: boolean | undefined;
	/** The last value can be taken over with one tap. */
	readonly offersLast?: boolean | undefined;
	/** Stored with the answers, since what they add up to has changed over the years (STANDARDS A8). */
	readonly ruleVersion?: string | undefined;
}
