/**
 * The form of **Logga** for one measure: what is typed, what is wrong with it, and how it is saved. It never loses what
 * was typed: not to an error, not to leaving the screen, not to an undo.
 *
 * Methods that change where the person should be give back a `Focus`; the screen moves there.
 *
 * Beyond 400 lines with its comments: what is typed, asked, saved and undone is one state, of which no part is kept apart.
 */
import {
	areDigitsComplete,
	checkInput,
	convertTyped,
	typedValues,
	type InputProblem,
	type InputQuestion,
	type TypedUnits
} from '$lib/domain/entry-input';
import type { TimeError } from '$lib/domain/entry-time';
import { type MeasureKind, measures } from '$lib/domain/measures';
import type { Observation, ObservationDraft } from '$lib/domain/observation';
import { splitPasted } from '$lib/domain/pasted-reading';
import { err, ok, type Result } from '$lib/domain/result';
import { clockText, effectiveAt, type PlacedTime, type WallTime } from '$lib/domain/time';
import type { CircleView } from '$lib/state/circle-view';
import type { DraftKeeper } from '$lib/state/draft-keeper';
import { guarded } from '$lib/state/guarded';
import { EntryWhen } from './entry-when.svelte';
import {
	type ChosenTime,
	METER_UNITS,
	type MeterUnits,
	meterUnitsSchema,
	type RecordDraft,
	recordDraftSchema
} from './record-draft';
import { newReading, type RecordTarget, type TargetError } from './record-target';

export interface RecordDeps {
	readonly circle: Pick<CircleView, 'id' | 'mine' | 'observations' | 'record' | 'voidObservation'>;
	readonly drafts: DraftKeeper;
	readonly now: () => number;
	/** The zone the person lives by right now. */
	readonly zone: string;
}

export type Phase =
	| { readonly type: 'typing'; readonly problems: readonly InputProblem[]; readonly timeProblem: TimeError | null }
	/** **Stämmer värdet?** stands at the fields it is about. */
	| { readonly type: 'asking'; readonly questions: readonly InputQuestion[]; readonly draft: ObservationDraft }
	| { readonly type: 'saving' }
	| { readonly type: 'failed'; readonly error: TargetError }
	| {
			readonly type: 'saved';
			readonly id: string;
			readonly draft: ObservationDraft;
			readonly undo: 'possible' | 'running' | TargetError;
	  };

/** Where the person should be next. */
export type Focus =
	| {
			readonly to: 'field';
			readonly key: string;
			/** After the last digit, where typing goes on; otherwise over what stands there. */
			readonly caret?: 'after';
	  }
	| { readonly to: 'time' | 'question' | 'failure' | 'saved' }
	| null;

const typing: Phase = { type: 'typing', problems: [], timeProblem: null };

export class RecordForm {
	readonly measure: MeasureKind;
	readonly #deps: RecordDeps;
	#target: RecordTarget;
	#typed = $state.raw<RecordDraft['typed']>({});
	readonly #when: EntryWhen;
	#note = $state.raw('');
	#context = $state.raw<RecordDraft['context']>({});
	#units = $state.raw<TypedUnits>({});
	#phase = $state.raw<Phase>(typing);
	/** What the person has already said yes or no to; the same value is not asked about twice. */
	#answered = '';
	#keeping: Promise<void> = Promise.resolve();

	/** `target`: what a save does, and what stands in the form from the start. */
	constructor(measure: MeasureKind, deps: RecordDeps, target: RecordTarget = newReading(measure, deps)) {
		this.measure = measure;
		this.#deps = deps;
		this.#target = target;
		this.#when = new EntryWhen({
			now: deps.now,
			zone: () => this.#zone,
			original: () => this.#target.original?.effective
		});
		this.#fill();
	}

	get phase(): Phase {
		return this.#phase;
	}

	/** The time chosen instead of now, as typed; null while it is now. */
	get time(): ChosenTime | null {
		return this.#when.chosen;
	}

	get note(): string {
		return this.#note;
	}

	get context(): Readonly<Record<string, string>> {
		return this.#context;
	}

	text(key: string): string {
		return this.#typed[key] ?? '';
	}

	/** True when a note or other context has been added. */
	get hasMore(): boolean {
		return this.#note !== '' || Object.keys(this.#context).length > 0;
	}

	problemOf(key: string): InputProblem | undefined {
		return this.#phase.type === 'typing' ? this.#phase.problems.find(({ field }) => field === key) : undefined;
	}

	questionOf(key: string): InputQuestion | undefined {
		return this.#phase.type === 'asking' ? this.#phase.questions.find(({ field }) => field === key) : undefined;
	}

	/** Brings back what was left here; what has been typed meanwhile wins. */
	async restore(): Promise<Focus> {
		// What was typed before the store is open is there at once; the units come with the store.
		const units = this.#restoreUnits();
		const parsed = recordDraftSchema.safeParse(await this.#deps.drafts.load(this.#target.draftName));
		if (!parsed.success) await units;
		if (this.#when.typedAt !== null) return null;
		if (!parsed.success) {
			this.#fill();
			return null;
		}
		const { typed, typedAt, time, note, context } = parsed.data;
		[this.#typed, this.#note, this.#context] = [typed, note, context];
		[this.#when.typedAt, this.#when.chosen] = [typedAt, time];
		return this.#unfinishedField() ?? this.firstOpenField();
	}

	async #restoreUnits(): Promise<void> {
		const units = meterUnitsSchema.safeParse(await this.#deps.drafts.load(METER_UNITS));
		if (units.success) this.#units = { ...units.data.units, ...this.#units };
	}

	/** The first field without text, or the last of all: where typing goes on. The first of a reading that is changed. */
	firstOpenField(): Focus {
		const fields = measures[this.measure].fields;
		const [first] = fields;
		if (this.isChange && first && this.#when.typedAt === null) return { to: 'field', key: first.key };
		const open = fields.find(({ key }) => this.text(key) === '') ?? fields.at(-1);
		return open ? { to: 'field', key: open.key } : null;
	}

	/** New text in a field. When its digits are complete, or a whole reading was pasted, the next field takes over. */
	type(key: string, text: string): Focus {
		const before = this.text(key);
		const split = splitPasted(measures[this.measure], text, this.#units);
		this.#edit({ typed: { ...this.#typed, ...(split ?? { [key]: text }) } });
		if (split) return this.firstOpenField();
		const field = measures[this.measure].fields.find((one) => one.key === key);
		const moves = field && text.length > before.length && areDigitsComplete(field, text);
		return moves ? this.#neighbour(key, 1) : null;
	}

	/** A pasted reading spread over the fields, lines and all; null when the field should take the text as it is. */
	paste(key: string, text: string): Focus {
		return splitPasted(measures[this.measure], text, this.#units) ? this.type(key, text) : null;
	}

	/** Enter goes on, and saves from the last field. */
	async enter(key: string): Promise<Focus> {
		return this.#neighbour(key, 1) ?? this.save();
	}

	/** Backspace in an empty field goes back. */
	backspace(key: string): Focus {
		const back = this.text(key) === '' ? this.#neighbour(key, -1) : null;
		return back?.to === 'field' ? { ...back, caret: 'after' } : null;
	}

	/** The units this person's meters show, where they are not the stored ones. By field key. */
	get units(): TypedUnits {
		return this.#units;
	}

	/** What the meter shows, kept for next time; null for the stored unit. */
	setUnit(key: string, unit: string | null): void {
		const { [key]: _, ...others } = this.#units;
		this.#units = unit === null ? others : { ...others, [key]: unit };
		this.#phase = typing;
		const units: MeterUnits = { v: 1, units: this.#units };
		this.#keepWith(this.#deps.drafts.save(METER_UNITS, units));
	}

	/** **Ja, det är mg/dl**: what was typed, in the unit it is stored in. */
	takeUnit(unit: string): Focus {
		this.#edit({ typed: convertTyped(measures[this.measure], this.#typed, unit) });
		return this.#lastFilledField();
	}

	/** Every reading of the measure, oldest first. */
	get readings(): readonly Observation[] {
		return this.#deps.circle.observations(this.measure);
	}

	/** The newest value, to be taken over with one tap; null where that makes no sense or something is typed already. */
	get lastValues(): ObservationDraft['values'] | null {
		if (!measures[this.measure].offersLast || this.#hasText) return null;
		return this.#deps.circle.observations(this.measure).at(-1)?.values ?? null;
	}

	/** **Samma som senast**: the newest value in the fields, to be saved or changed. */
	takeLast(): Focus {
		const last = this.lastValues;
		if (!last) return null;
		this.#edit({ typed: typedValues(measures[this.measure], last, this.#units) });
		return this.#lastFilledField();
	}

	setNote(note: string): void {
		this.#edit({ note });
	}

	/** Sets one piece of context; choosing it again takes it away. */
	toggleContext(key: string, value: string): void {
		const { [key]: before, ...rest } = this.#context;
		this.#edit({ context: before === value ? rest : { ...rest, [key]: value } });
	}

	/** Opens the time for change, from what it is now; null makes it now again. */
	setTime(change: Partial<ChosenTime> | null): void {
		this.#edit({ time: change && { ...this.#when.asFields, ...change } });
	}

	/** Takes the time suggested in place of one that never was. */
	takeSuggestion({ date, minutes }: WallTime): void {
		this.setTime({ date, clock: clockText(minutes) });
	}

	/** True when the form changes a reading that stands. */
	get isChange(): boolean {
		return this.#target.original !== null;
	}

	/** True while the value will be saved with the time it is saved at. */
	get isNow(): boolean {
		return this.#when.isNow;
	}

	/** When it was measured, as the form stands. */
	get placed(): Result<PlacedTime, TimeError> {
		return this.#when.placed;
	}

	/** Saves, asks once, or says what is wrong. */
	async save(): Promise<Focus> {
		if (this.#phase.type === 'saving') return null;
		if (this.#phase.type === 'asking') return { to: 'question' };
		const checked = this.#check();
		if (!checked.ok) return checked.error;
		const { draft, questions } = checked.value;
		const answer = JSON.stringify(draft.values);
		if (questions.length === 0 || this.#answered === answer) return this.#record(draft);
		this.#answered = answer;
		this.#phase = { type: 'asking', questions, draft };
		return { to: 'question' };
	}

	/** **Ja, spara**. */
	async confirm(): Promise<Focus> {
		return this.#phase.type === 'asking' ? this.#record(this.#phase.draft) : null;
	}

	/** **Ändra**. */
	change(): Focus {
		if (this.#phase.type !== 'asking') return null;
		const [question] = this.#phase.questions;
		this.#phase = typing;
		return question ? { to: 'field', key: question.field } : null;
	}

	/** Takes the saved value back and puts what was typed back in the form. */
	async undo(): Promise<Focus> {
		if (this.#phase.type !== 'saved' || this.#phase.undo === 'running') return null;
		const saved = this.#phase;
		this.#phase = { ...saved, undo: 'running' };
		const result = await guarded(() => this.#target.undo(saved.id));
		if (!result.ok) {
			this.#phase = { ...saved, undo: result.error };
			return null;
		}
		this.#phase = typing;
		if (this.#target.original) this.#fill();
		else this.#keep();
		return this.#lastFilledField();
	}

	/** **Spara som ny**: what was meant as a change of a reading that is gone becomes a reading of its own. */
	async saveAsNew(): Promise<Focus> {
		this.#when.chosen = this.#when.asFields;
		this.#target = newReading(this.measure, this.#deps, this.#zone);
		this.#phase = typing;
		return this.save();
	}

	/** **Mät igen**: an empty form, for now. */
	again(): Focus {
		this.#empty();
		this.#phase = typing;
		return this.firstOpenField();
	}

	/** Resolves when everything typed so far is kept. */
	async kept(): Promise<void> {
		await this.#keeping;
	}

	#check(): Result<{ draft: ObservationDraft; questions: readonly InputQuestion[] }, Focus> {
		const time = this.placed;
		const effective = time.ok ? time.value.effective : effectiveAt(this.#deps.now(), this.#zone);
		const previous = this.#target.previous();
		const input = checkInput(measures[this.measure], this.#typed, { effective, previous, units: this.#units });
		if (!input.ok || !time.ok) {
			const problems = input.ok ? [] : input.error;
			this.#phase = { type: 'typing', problems, timeProblem: time.ok ? null : time.error };
			return err(problems[0] ? { to: 'field', key: problems[0].field } : { to: 'time' });
		}
		const { values, questions } = input.value;
		const note = this.#note.trim();
		const { ruleVersion } = measures[this.measure];
		const context = { ...(ruleVersion && { rule: ruleVersion }), ...this.#context };
		const draft: ObservationDraft = {
			measure: this.measure,
			values,
			effective,
			source: { kind: 'manual' },
			...(Object.keys(context).length > 0 && { context }),
			...(note && { note })
		};
		return ok({ draft, questions });
	}

	async #record(draft: ObservationDraft): Promise<Focus> {
		this.#phase = { type: 'saving' };
		const result = await guarded(() => this.#target.save(draft));
		if (!result.ok) {
			this.#phase = { type: 'failed', error: result.error };
			return { to: 'failure' };
		}
		this.#phase = { type: 'saved', id: result.value, draft, undo: 'possible' };
		this.#keepWith(this.#deps.drafts.clear(this.#target.draftName));
		return { to: 'saved' };
	}

	#edit(change: Partial<Pick<RecordDraft, 'typed' | 'time' | 'note' | 'context'>>): void {
		if (change.typed) {
			this.#typed = change.typed;
			this.#when.typedAt = Object.values(change.typed).some((text) => text !== '') ? this.#deps.now() : null;
		}
		if (change.time !== undefined) this.#when.chosen = change.time;
		if (change.note !== undefined) this.#note = change.note;
		if (change.context) this.#context = change.context;
		this.#phase = typing;
		this.#keep();
	}

	/**
	 * In the order of typing, so that the last one kept is the last one typed. A chosen time is kept only with the digits
	 * it belongs to: alone, it would date another day's reading.
	 */
	#keep(): void {
		const hasText = this.#hasText;
		const draft: RecordDraft = {
			v: 1,
			typed: this.#typed,
			typedAt: this.#when.typedAt,
			time: hasText ? this.#when.chosen : null,
			note: this.#note,
			context: this.#context
		};
		const empty = !this.hasMore && !hasText;
		const { drafts } = this.#deps;
		const { draftName } = this.#target;
		this.#keepWith(empty ? drafts.clear(draftName) : drafts.save(draftName, draft));
	}

	/** Handed over at once: what waits behind something else would be lost with the page. */
	#keepWith(keeping: Promise<void>): void {
		this.#keeping = Promise.all([this.#keeping, keeping]).then(() => undefined);
	}

	get #hasText(): boolean {
		return Object.values(this.#typed).some((text) => text !== '');
	}

	#empty(): void {
		[this.#typed, this.#note, this.#context] = [{}, '', {}];
		[this.#when.typedAt, this.#when.chosen] = [null, null];
		this.#answered = '';
	}

	/** What is being changed stands in the form from the start, in the unit the person's meter shows. */
	#fill(): void {
		const { original } = this.#target;
		if (!original) return;
		this.#empty();
		this.#typed = typedValues(measures[this.measure], original.values, this.#units);
		this.#note = original.note ?? '';
		this.#context = original.context ?? {};
	}

	/** A reading is changed on the clock it was lived by. */
	get #zone(): string {
		return this.#target.zone ?? this.#deps.zone;
	}

	#neighbour(key: string, step: 1 | -1): Focus {
		const { fields } = measures[this.measure];
		const next = fields[fields.findIndex((one) => one.key === key) + step];
		return next ? { to: 'field', key: next.key } : null;
	}

	#lastFilledField(): Focus {
		const field = measures[this.measure].fields.filter(({ key }) => this.text(key) !== '').at(-1);
		return field ? { to: 'field', key: field.key } : null;
	}

	/** The last field with text, when more digits may follow there. */
	#unfinishedField(): Focus {
		const field = measures[this.measure].fields.filter(({ key }) => this.text(key) !== '').at(-1);
		const isOpen = field !== undefined && !areDigitsComplete(field, this.text(field.key));
		return isOpen ? { to: 'field', key: field.key, caret: 'after' } : null;
	}
}
