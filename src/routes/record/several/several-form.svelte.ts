/**
 * **Flera mätningar**: several readings of one measure in rows, saved all at once or not at all. Each row is held to the same
 * rules as the form for one, with what is wrong told at its row. Never loses what was typed.
 */
import * as z from 'zod/mini';
import {
	checkInput,
	type InputProblem,
	type InputQuestion,
	type TypedFields,
	type TypedUnits
} from '$lib/domain/entry-input';
import { checkTime, type TimeError } from '$lib/domain/entry-time';
import { type MeasureKind, measures } from '$lib/domain/measures';
import type { Effective, ObservationDraft } from '$lib/domain/observation';
import { readPastedLines } from '$lib/domain/pasted-lines';
import { effectiveAt, type LocalDate, localDate, parseClock, parseLocalDate } from '$lib/domain/time';
import type { CircleView, SaveError } from '$lib/state/circle-view';
import type { DraftKeeper } from '$lib/state/draft-keeper';
import { guarded } from '$lib/state/guarded';
import { METER_UNITS, meterUnitsSchema } from '../record-draft';

const rowSchema = z.object({
	/** As in a date field. */
	date: z.string(),
	/** As in a time field. */
	clock: z.string(),
	typed: z.record(z.string(), z.string())
});
const draftSchema = z.object({ v: z.literal(1), rows: z.array(rowSchema) });

export interface SeveralRow extends z.infer<typeof rowSchema> {
	/** Tells rows apart while they come and go. */
	readonly key: number;
}

export interface RowProblem {
	readonly inputs: readonly InputProblem[];
	readonly time: TimeError | null;
}

export interface RowQuestion {
	/** Place of the row among those that are filled in, from 1. */
	readonly number: number;
	readonly key: number;
	readonly question: InputQuestion;
	/** In the stored unit. */
	readonly value: number;
}

export type SeveralPhase =
	| { readonly type: 'typing'; readonly problems: ReadonlyMap<number, RowProblem>; readonly isEmpty?: boolean }
	| {
			readonly type: 'asking';
			readonly questions: readonly RowQuestion[];
			readonly drafts: readonly ObservationDraft[];
	  }
	| { readonly type: 'saving' }
	| { readonly type: 'failed'; readonly error: SaveError }
	| {
			readonly type: 'saved';
			readonly ids: readonly string[];
			readonly drafts: readonly ObservationDraft[];
			readonly undo: 'possible' | 'running' | SaveError;
	  };

/** Where the person should be next: a field of a row, `date` and `clock` among them. */
export type SeveralFocus =
	| { readonly to: 'row'; readonly key: number; readonly field: string }
	| { readonly to: 'question' | 'failure' | 'saved' }
	| null;

interface SeveralDeps {
	readonly circle: Pick<CircleView, 'id' | 'mine' | 'observations' | 'recordTogether' | 'voidTogether'>;
	readonly drafts: DraftKeeper;
	readonly now: () => number;
	readonly zone: string;
}

const FIRST_ROWS = 3;
/** As many as one save can hold for certain (docs/protocol.md 6, F3). */
export const MOST_ROWS = 60;

const typing: SeveralPhase = { type: 'typing', problems: new Map() };

export class SeveralForm {
	readonly measure: MeasureKind;
	readonly #deps: SeveralDeps;
	#rows = $state.raw<readonly SeveralRow[]>([]);
	#phase = $state.raw<SeveralPhase>(typing);
	#unread = $state.raw<readonly string[]>([]);
	#units = $state.raw<TypedUnits>({});
	#hasTyped = false;
	/** What the person has already said yes or no to. */
	#answered = '';
	#nextKey = 1;
	#keeping: Promise<void> = Promise.resolve();

	constructor(measure: MeasureKind, deps: SeveralDeps) {
		this.measure = measure;
		this.#deps = deps;
		this.#rows = Array.from({ length: FIRST_ROWS }, () => this.#emptyRow());
	}

	get rows(): readonly SeveralRow[] {
		return this.#rows;
	}

	get phase(): SeveralPhase {
		return this.#phase;
	}

	/** Pasted lines that could not be read, as they stood. */
	get unread(): readonly string[] {
		return this.#unread;
	}

	/** The units this person's meters show, by field key. */
	get units(): TypedUnits {
		return this.#units;
	}

	get isFull(): boolean {
		return this.#rows.length >= MOST_ROWS;
	}

	problemOf(key: number): RowProblem | undefined {
		return this.#phase.type === 'typing' ? this.#phase.problems.get(key) : undefined;
	}

	/** Brings back what was left here; what has been typed meanwhile wins. */
	async restore(): Promise<void> {
		const units = meterUnitsSchema.safeParse(await this.#deps.drafts.load(METER_UNITS));
		if (units.success) this.#units = units.data.units;
		const parsed = draftSchema.safeParse(await this.#deps.drafts.load(this.#draftName));
		if (!parsed.success || this.#hasTyped) return;
		this.#rows = parsed.data.rows.map((row) => ({ ...row, key: this.#nextKey++ }));
	}

	type(key: number, field: string, text: string): void {
		this.#change(key, (row) => ({ ...row, typed: { ...row.typed, [field]: text } }));
	}

	/** A day chosen for a row is the day of the untouched rows below it: lists go day by day. */
	setDate(key: number, date: string): void {
		const at = this.#rows.findIndex((row) => row.key === key);
		this.#set(
			this.#rows.map((row, place) => (row.key === key || (place > at && !isFilled(row)) ? { ...row, date } : row))
		);
	}

	setClock(key: number, clock: string): void {
		this.#change(key, (row) => ({ ...row, clock }));
	}

	/** **Lägg till rad**, on the day of the last one. */
	addRow(): SeveralFocus {
		if (this.isFull) return null;
		const row = { ...this.#emptyRow(), date: this.#rows.at(-1)?.date ?? this.#today };
		this.#set([...this.#rows, row]);
		return { to: 'row', key: row.key, field: 'clock' };
	}

	removeRow(key: number): SeveralFocus {
		const at = this.#rows.findIndex((row) => row.key === key);
		const left = this.#rows.filter((row) => row.key !== key);
		this.#set(left.length > 0 ? left : [this.#emptyRow()]);
		const next = this.#rows[Math.min(at, this.#rows.length - 1)];
		return next ? { to: 'row', key: next.key, field: 'date' } : null;
	}

	/**
	 * Fills rows from pasted text: empty ones first, then new ones. Null when the text is one number for the field it was
	 * pasted in. A line without a day gets today; without a clock, the person is asked for it at its row.
	 */
	paste(text: string): SeveralFocus {
		const { lines, unread } = readPastedLines(measures[this.measure], text, this.#today, this.#units);
		const isOne = lines.length + unread.length < 2 && !lines.some(({ date, clock }) => date || clock);
		if (isOne && !/[\r\n]/.test(text.trim())) return null;
		if (lines.length === 0 && unread.length === 0) return null;
		const filled = this.#rows.filter(isFilled);
		const room = MOST_ROWS - filled.length;
		const rows = lines
			.slice(0, room)
			.map(({ date, clock, typed }) => ({ key: this.#nextKey++, date: date || this.#today, clock, typed }));
		this.#set([...filled, ...rows, ...(filled.length + rows.length === 0 ? this.#rows : [])]);
		const leftOver = lines
			.slice(room)
			.map(({ date, clock, typed }) => `${date} ${clock} ${Object.values(typed).join(' ')}`);
		this.#unread = [...unread, ...leftOver];
		const next = rows.find(({ clock }) => clock === '') ?? rows[0];
		return next ? { to: 'row', key: next.key, field: next.clock === '' ? 'clock' : 'date' } : null;
	}

	/** Saves every filled row, asks once about all that is unusual, or says what is wrong. */
	async save(): Promise<SeveralFocus> {
		if (this.#phase.type === 'saving') return null;
		if (this.#phase.type === 'asking') return { to: 'question' };
		const filled = this.#rows.filter(isFilled);
		if (filled.length === 0) return this.#tellEmpty();
		const checked = filled.map((row) => this.#check(row));
		const problems = new Map(checked.flatMap(({ key, problem }) => (problem ? [[key, problem] as const] : [])));
		if (problems.size > 0) {
			this.#phase = { type: 'typing', problems };
			return this.#firstProblem(problems);
		}
		const drafts = checked.flatMap(({ draft }) => draft ?? []);
		const questions = checked.flatMap(({ key, draft, questions }, at) =>
			questions.map((question) => ({ number: at + 1, key, question, value: draft?.values[question.field] ?? 0 }))
		);
		const answer = JSON.stringify(drafts);
		if (questions.length === 0 || this.#answered === answer) return this.#record(drafts);
		this.#answered = answer;
		this.#phase = { type: 'asking', questions, drafts };
		return { to: 'question' };
	}

	/** **Ja, spara**. */
	async confirm(): Promise<SeveralFocus> {
		return this.#phase.type === 'asking' ? this.#record(this.#phase.drafts) : null;
	}

	/** **Ändra**. */
	change(): SeveralFocus {
		if (this.#phase.type !== 'asking') return null;
		const [first] = this.#phase.questions;
		this.#phase = typing;
		return first ? { to: 'row', key: first.key, field: first.question.field } : null;
	}

	/** Takes them all back, and the rows are there again. */
	async undo(): Promise<SeveralFocus> {
		if (this.#phase.type !== 'saved' || this.#phase.undo === 'running') return null;
		const saved = this.#phase;
		this.#phase = { ...saved, undo: 'running' };
		const result = await guarded(() => this.#deps.circle.voidTogether(saved.ids, 'undo'));
		if (!result.ok) {
			this.#phase = { ...saved, undo: result.error };
			return null;
		}
		this.#phase = typing;
		this.#keep();
		const [first] = this.#rows;
		return first ? { to: 'row', key: first.key, field: 'date' } : null;
	}

	/** **Skriv in fler**: empty rows. */
	again(): SeveralFocus {
		this.#rows = Array.from({ length: FIRST_ROWS }, () => this.#emptyRow());
		this.#phase = typing;
		const [first] = this.#rows;
		return first ? { to: 'row', key: first.key, field: 'date' } : null;
	}

	/** Resolves when everything typed so far is kept. */
	async kept(): Promise<void> {
		await this.#keeping;
	}

	#check(row: SeveralRow): {
		key: number;
		problem?: RowProblem;
		draft?: ObservationDraft;
		questions: readonly InputQuestion[];
	} {
		const { now, zone } = this.#deps;
		const { key, typed } = row;
		const placed = checkTime({ date: parseLocalDate(row.date), minutes: parseClock(row.clock) }, now(), zone);
		const effective = placed.ok ? placed.value.effective : effectiveAt(now(), zone);
		const context = { effective, previous: this.#before(effective), units: this.#units };
		const input = checkInput(measures[this.measure], typed, context);
		if (!input.ok || !placed.ok) {
			const problem = { inputs: input.ok ? [] : input.error, time: placed.ok ? null : placed.error };
			return { key, problem, questions: [] };
		}
		const { values, questions } = input.value;
		return { key, draft: { measure: this.measure, values, effective, source: { kind: 'manual' } }, questions };
	}

	readonly #before = ({ utc }: Effective) =>
		this.#deps.circle
			.observations(this.measure)
			.filter((one) => one.effective.utc <= utc)
			.at(-1);

	#firstProblem(problems: ReadonlyMap<number, RowProblem>): SeveralFocus {
		const row = this.#rows.find(({ key }) => problems.has(key));
		const problem = row && problems.get(row.key);
		if (!row || !problem) return null;
		const timeField = row.date === '' ? 'date' : 'clock';
		return { to: 'row', key: row.key, field: problem.time ? timeField : (problem.inputs[0]?.field ?? timeField) };
	}

	#tellEmpty(): SeveralFocus {
		this.#phase = { type: 'typing', problems: new Map(), isEmpty: true };
		const [first] = this.#rows;
		const [field] = measures[this.measure].fields;
		return first && field ? { to: 'row', key: first.key, field: field.key } : null;
	}

	async #record(drafts: readonly ObservationDraft[]): Promise<SeveralFocus> {
		this.#phase = { type: 'saving' };
		const result = await guarded(() => this.#deps.circle.recordTogether(drafts));
		if (!result.ok) {
			this.#phase = { type: 'failed', error: result.error };
			return { to: 'failure' };
		}
		this.#phase = { type: 'saved', ids: result.value, drafts, undo: 'possible' };
		this.#unread = [];
		this.#keepWith(this.#deps.drafts.clear(this.#draftName));
		return { to: 'saved' };
	}

	#change(key: number, change: (row: SeveralRow) => SeveralRow): void {
		this.#set(this.#rows.map((row) => (row.key === key ? change(row) : row)));
	}

	#set(rows: readonly SeveralRow[]): void {
		this.#rows = rows;
		this.#phase = typing;
		this.#hasTyped = true;
		this.#keep();
	}

	#keep(): void {
		const { drafts } = this.#deps;
		const rows = this.#rows.map(({ date, clock, typed }) => ({ date, clock, typed }));
		const isEmpty = !this.#rows.some(isFilled);
		this.#keepWith(isEmpty ? drafts.clear(this.#draftName) : drafts.save(this.#draftName, { v: 1, rows }));
	}

	/** Handed over at once: what waits behind something else would be lost with the page. */
	#keepWith(keeping: Promise<void>): void {
		this.#keeping = Promise.all([this.#keeping, keeping]).then(() => undefined);
	}

	#emptyRow(): SeveralRow {
		return { key: this.#nextKey++, date: this.#today, clock: '', typed: {} };
	}

	get #today(): LocalDate {
		return localDate(effectiveAt(this.#deps.now(), this.#deps.zone));
	}

	/** One's own circle has no lasting id before its first value. */
	get #draftName(): string {
		const { id, mine } = this.#deps.circle;
		return `several:${mine ? 'mine' : id}:${this.measure}`;
	}
}

/** A row somebody has written numbers in. A day or a clock alone is no reading. */
const isFilled = ({ typed }: { readonly typed: TypedFields }): boolean =>
	Object.values(typed).some((text) => text.trim() !== '');
