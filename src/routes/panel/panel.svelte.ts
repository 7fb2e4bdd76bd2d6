/** The care contact's list: everyone who shares with the unit, by need, under one filter, and the way through it. */
import { byNeed, isUnder, panelFilters, type PanelFilter } from '$lib/domain/panel-need';
import { err, type Result } from '$lib/domain/result';
import { effectiveAt, localDate, type LocalDate } from '$lib/domain/time';
import type { App } from '$lib/state/app.svelte';
import type { SaveError } from '$lib/state/circle-view';
import { dayIn } from '$lib/state/panel/circle-summary';
import type { OpenCircle, PanelCircles } from '$lib/state/panel/panel-circles.svelte';
import type { SummaryContext } from '$lib/state/panel/summarise';
import { createContext } from 'svelte';
import { OpenPatient } from './open-patient.svelte';
import { Patient, type ListedCircle } from './patient.svelte';

/** What the panel needs of everyone who shares with the unit; `PanelCircles` is it. */
export interface PanelPatients<C extends ListedCircle> {
	readonly list: readonly C[];
	readonly reading: PanelCircles['reading'];
	open(id: string): Promise<OpenCircle | null>;
	answer(circle: C, answer: 'joined' | 'declined', signature: string | null): Promise<Result<void, SaveError>>;
}

/** What the panel needs of the app. */
export interface PanelApp<C extends ListedCircle> {
	/** Null until the device is a unit. */
	readonly patients: PanelPatients<C> | null;
	readonly device: Pick<App['device'], 'identity'>;
	/** The name marks are signed with. */
	readonly signature: string | null;
}

export interface PanelDeps<C extends ListedCircle> {
	readonly app: PanelApp<C>;
	/** Reactive: the filter as the address has it, or anything else for **Behöver dig**. */
	readonly show: () => string | null;
	/** Reactive: the unit's clock and zone. */
	readonly now: () => number;
	readonly zone: string;
	readonly locale: () => string;
}

/** Where a patient stands among those being gone through. */
export interface Place {
	/** From 1; null when the patient is not among them. */
	readonly position: number | null;
	readonly total: number;
	readonly previous: string | null;
	readonly next: string | null;
}

export class Panel<C extends ListedCircle = ListedCircle> {
	readonly #deps: PanelDeps<C>;
	readonly #patients = new WeakMap<C, Patient<C>>();
	/** Part of a name. Never in the address. */
	query = $state('');
	/** The row the keys act on. */
	selected: string | null = $state(null);
	#round: readonly string[] | null = $state.raw(null);

	/** The unit's day. */
	readonly today: LocalDate = $derived.by(() => localDate(effectiveAt(this.#deps.now(), this.#deps.zone)));

	readonly #listed: readonly C[] = $derived.by(() => this.#deps.app.patients?.list ?? []);

	/** Somebody whose summary does not reach to this day is read first: what held last week must not stand here. */
	readonly #all: readonly Patient<C>[] = $derived.by(() =>
		byNeed(
			this.#listed
				.filter(({ summary }) => summary.erasedAt === null && dayIn(summary, this.today) !== null)
				.map((circle) => this.#patientOf(circle)),
			this.#deps.locale()
		)
	);

	/** Those who have erased their circle: nothing is asked of the unit any more. */
	readonly erased: readonly Patient<C>[] = $derived.by(() =>
		this.#listed.filter(({ summary }) => summary.erasedAt !== null).map((circle) => this.#patientOf(circle))
	);

	readonly filter: PanelFilter = $derived.by(() => panelFilters.find((each) => each === this.#deps.show()) ?? 'needs');

	readonly counts: Readonly<Record<PanelFilter, number>> = $derived.by(
		() =>
			Object.fromEntries(panelFilters.map((filter) => [filter, this.#under(filter).length])) as Record<
				PanelFilter,
				number
			>
	);

	/** What the list shows. A search looks among everyone: who is looked for by name is wanted whatever they need. */
	readonly shown: readonly Patient<C>[] = $derived.by(() => {
		const words = this.query.trim().toLocaleLowerCase();
		if (words === '') return this.#under(this.filter);
		return this.#all.filter(({ name }) => name.toLocaleLowerCase().includes(words));
	});

	constructor(deps: PanelDeps<C>) {
		this.#deps = deps;
	}

	get isSearching(): boolean {
		return this.query.trim() !== '';
	}

	find(id: string): Patient<C> | undefined {
		return [...this.#all, ...this.erased].find((patient) => patient.id === id);
	}

	/** Selects the row `step` further down, from the top when none is selected. The id of the row that now has the keys. */
	move(step: 1 | -1): string | null {
		const at = this.shown.findIndex(({ id }) => id === this.selected);
		const to = at < 0 ? 0 : Math.min(Math.max(at + step, 0), this.shown.length - 1);
		this.selected = this.shown[to]?.id ?? null;
		return this.selected;
	}

	/**
	 * The unit's mark that somebody has looked. The row that follows is selected, so that `e` can be pressed again.
	 * Somebody who is not accepted yet has nothing to be seen.
	 */
	async markSeen(id: string): Promise<Result<void, SaveError> | null> {
		const patient = this.find(id);
		if (!patient || patient.isNew || patient.erasedAt !== null) return null;
		const at = this.shown.indexOf(patient);
		const marked = await patient.circle.mark('seen', this.#deps.app.signature);
		if (marked.ok && this.selected === id && !this.shown.includes(patient))
			this.selected = this.shown[at]?.id ?? this.shown.at(-1)?.id ?? null;
		return marked;
	}

	async answer(patient: Patient<C>, answer: 'joined' | 'declined'): Promise<Result<void, SaveError>> {
		const { patients, signature } = this.#deps.app;
		return patients ? patients.answer(patient.circle, answer, signature) : err({ type: 'not-allowed' });
	}

	/** Opens somebody's circle; null when it cannot be verified. */
	async open(patient: Patient<C>): Promise<OpenPatient | null> {
		const opened = await this.#deps.app.patients?.open(patient.id);
		return opened ? new OpenPatient(patient.circle, opened, () => this.#context) : null;
	}

	/** How many circles are read from their books now, of how many. */
	get reading(): PanelCircles['reading'] {
		return this.#deps.app.patients?.reading ?? null;
	}

	get #context(): SummaryContext {
		return { identity: this.#deps.app.device.identity, today: this.today, zone: this.#deps.zone };
	}

	/** Keeps the order while patients are gone through one by one: marking one as seen must not move the rest. */
	startRound(id: string): void {
		if (!this.#round?.includes(id)) this.#round = this.shown.map((patient) => patient.id);
		this.selected = id;
	}

	/** Back at the list, which shows the need as it is now. */
	endRound(): void {
		this.#round = null;
	}

	place(id: string): Place {
		const round = (this.#round ?? []).filter((each) => this.find(each));
		const at = round.indexOf(id);
		return {
			position: at < 0 ? null : at + 1,
			total: round.length,
			previous: round[at - 1] ?? null,
			next: round[at + 1] ?? null
		};
	}

	#under(filter: PanelFilter): readonly Patient<C>[] {
		return this.#all.filter(({ need, zone }) => isUnder(filter, need, zone?.zone ?? null));
	}

	#patientOf(circle: C): Patient<C> {
		const known = this.#patients.get(circle);
		if (known) return known;
		const patient = new Patient(circle, () => this.#context);
		this.#patients.set(circle, patient);
		return patient;
	}
}

export const [getPanel, setPanel] = createContext<Panel>();
