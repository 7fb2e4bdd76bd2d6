/** One person as a row of the care contact's list: who, why they stand there, the newest value, the last fortnight. */
import { safetyNumber } from '$lib/crypto/safety-number';
import type { MeasureKind } from '$lib/domain/measures';
import { needFrom, type LastSeen, type Need } from '$lib/domain/panel-need';
import type { LocalDate } from '$lib/domain/time';
import { m } from '$lib/i18n/paraglide/messages';
import { idBytes } from '$lib/protocol/ids';
import {
	curveOn,
	zoneOn,
	type CircleSummary,
	type SummaryReading,
	type ZoneOfDay
} from '$lib/state/panel/circle-summary';
import type { Held } from '$lib/state/held';
import type { PanelCircle } from '$lib/state/panel/panel-circles.svelte';
import type { SummaryContext } from '$lib/state/panel/summarise';

/** What a row needs of a circle; `PanelCircle` is one. */
export type ListedCircle = Pick<PanelCircle, 'id' | 'summary' | 'mark'>;

export class Patient<C extends ListedCircle = ListedCircle> {
	readonly circle: C;
	readonly #context: () => SummaryContext;

	/** The zone of the plan on the unit's day; null without a plan this unit can read. Changes with the day, not the clock. */
	readonly zone: ZoneOfDay | null = $derived.by(() => zoneOn(this.#summary, this.#context().today));

	readonly need: Need = $derived.by(() => {
		const { today, zone } = this.#context();
		const { standing, memberSince, newest, unseen, seen, askedAt } = this.#summary;
		return needFrom(
			{
				standing: standing === 'invited' ? 'invited' : 'joined',
				sharedAt: memberSince ?? 0,
				unseen,
				last: newest,
				seen,
				zone: this.zone,
				askedAt
			},
			today,
			zone
		);
	});

	/** The fortnight of the measure that was newest; empty without any value. */
	readonly curve: readonly (number | null)[] = $derived.by(() => curveOn(this.#summary, this.#context().today));

	constructor(circle: C, context: () => SummaryContext) {
		this.circle = circle;
		this.#context = context;
	}

	get #summary(): CircleSummary {
		return this.circle.summary;
	}

	get id(): string {
		return this.circle.id;
	}

	/** When the person erased their circle; null while it lives. */
	get erasedAt(): number | null {
		return this.#summary.erasedAt;
	}

	get isNew(): boolean {
		return this.#summary.standing === 'invited';
	}

	/** As the person wrote it; nobody has checked it until the safety numbers were compared. */
	get name(): string {
		return this.#summary.name ?? m.panel_no_name();
	}

	/** Who holds the circle for the person; null once it is their own. */
	get held(): Held | null {
		return this.#summary.held;
	}

	/** When the unit was let in, UTC milliseconds. */
	get memberSince(): number | null {
		return this.#summary.memberSince;
	}

	get measures(): readonly MeasureKind[] {
		return this.#summary.measures;
	}

	/** The first day of what was given from a day on; null when everything was. */
	get sharedFrom(): LocalDate | null {
		return this.#summary.sharedFrom;
	}

	/** The unit's newest mark that somebody has looked. */
	get seen(): LastSeen | null {
		return this.#summary.seen;
	}

	/** The newest measured value; an answer in steps only where nothing is measured. */
	get last(): SummaryReading | null {
		return this.#summary.last;
	}

	/** A reading the zone rests on. */
	readonly readingOf = (measure: MeasureKind, id: string): SummaryReading | undefined =>
		this.#summary.readings.find((reading) => reading.measure === measure && reading.id === id);

	/** The twelve digits to compare with the person's; null until this device is somebody. */
	get safetyNumber(): string | null {
		const { identity } = this.#context();
		const { person } = this.#summary;
		return identity && person && safetyNumber(idBytes(identity), idBytes(person));
	}
}
