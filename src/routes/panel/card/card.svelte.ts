/** The unit's card as chosen: for one person or several, and for how long. A new choice is a new card. */
import type { CardOptions } from '$lib/state/unit';

export const cardDays = [7, 30, 365] as const;
export type CardDays = (typeof cardDays)[number];
export type CardKind = 'once' | 'open';

export type MadeCard =
	| { readonly status: 'making' }
	| { readonly status: 'ready'; readonly link: string; /** UTC milliseconds. */ readonly until: number }
	| { readonly status: 'failed' };

const DAY_MS = 86_400_000;

export class UnitCardChoice {
	readonly #make: (options: CardOptions) => Promise<string | null>;
	readonly #now: () => number;
	kind: CardKind = $state('once');
	days: CardDays = $state(30);
	made: MadeCard = $state.raw({ status: 'making' });
	#turn = 0;

	constructor(make: (options: CardOptions) => Promise<string | null>, now: () => number) {
		this.#make = make;
		this.#now = now;
	}

	choose(change: { readonly kind?: CardKind; readonly days?: CardDays }): Promise<void> {
		this.kind = change.kind ?? this.kind;
		this.days = change.days ?? this.days;
		return this.make();
	}

	/** Makes a card for the present choice; of two made at once the later is shown. */
	async make(): Promise<void> {
		const turn = ++this.#turn;
		const until = this.#now() + this.days * DAY_MS;
		const link = await this.#make({ oneTime: this.kind === 'once', days: this.days });
		if (turn === this.#turn) this.made = link === null ? { status: 'failed' } : { status: 'ready', link, until };
	}
}
