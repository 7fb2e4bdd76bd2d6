/** From which day somebody is to see: everything unless something else is chosen. */
import { parseLocalDate, addDays, type LocalDate } from '$lib/domain/time';

export type FromKind = 'all' | '90' | '30' | 'today' | 'date';

export class FromChoice {
	/** The person's own day. */
	readonly today: LocalDate;
	kind = $state<FromKind>('all');
	/** As the day stands in its field. */
	typed = $state('');
	problem = $state<'missing' | 'future' | null>(null);

	/** `given`: the day that holds now; null for everything. */
	constructor(today: LocalDate, given: LocalDate | null = null) {
		this.today = today;
		if (given) [this.kind, this.typed] = ['date', given];
	}

	choose(kind: FromKind): void {
		this.kind = kind;
		this.problem = null;
	}

	/** The first day that is seen; null for everything, and while a day has not been chosen. */
	get day(): LocalDate | null {
		return this.#dayOf(this.kind);
	}

	/** The day one of the choices comes to. */
	dayOf(kind: Exclude<FromKind, 'all' | 'date'>): LocalDate {
		return kind === 'today' ? this.today : addDays(this.today, kind === '30' ? -29 : -89);
	}

	/** Whether what was chosen can be used; says what is wrong otherwise. */
	check(): boolean {
		if (this.kind !== 'date') this.problem = null;
		else this.problem = this.day === null ? 'missing' : this.day > this.today ? 'future' : null;
		return this.problem === null;
	}

	#dayOf(kind: FromKind): LocalDate | null {
		if (kind === 'all') return null;
		return kind === 'date' ? (parseLocalDate(this.typed) ?? null) : this.dayOf(kind);
	}
}
