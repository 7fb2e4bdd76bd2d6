/**
 * Sharing with a care unit, one question at a time: whose card is this, what should they see, the recovery code (the first
 * time anything leaves the device), one last look, done. Nothing leaves before the last step.
 */
import { must } from '$lib/domain/assert';
import { shareableBooks, type ShareableBook } from '$lib/domain/books';
import { booksOfPlan } from '$lib/domain/plan/checks';
import { measureKinds } from '$lib/domain/measures';
import type { App } from '$lib/state/app.svelte';
import type { CircleState } from '$lib/state/circle-state.svelte';
import { CirclePlan } from '$lib/state/circle-plan.svelte';
import { measuresInUse } from '$lib/state/measures-in-use';
import { NewCode } from '$lib/state/new-code.svelte';
import {
	checkCard,
	safetyNumberWith,
	setRecoveryCode,
	shareWithUnit,
	type CardError,
	type CheckedCard,
	type ShareError
} from '$lib/state/sharing';

import { deviceToday } from '$lib/i18n/day-words';
import { FromChoice } from '../from-choice.svelte';

export type ShareStep = 'card' | 'choose' | 'code' | 'repeat' | 'preview' | 'done';

export class ShareFlow {
	readonly #app: App;
	step = $state<ShareStep>('card');
	/** What is being done, for anything over 300 ms. */
	busy = $state<'reading' | 'sharing' | null>('reading');
	cardError = $state.raw<CardError | null>(null);
	shareError = $state.raw<ShareError | null>(null);
	checked = $state.raw<CheckedCard | null>(null);
	safetyNumber = $state<string | null>(null);
	chosen = $state.raw<ReadonlySet<ShareableBook>>(new Set());
	readonly inUse: readonly ShareableBook[];
	name = $state('');
	isNameMissing = $state(false);
	isNothingChosen = $state(false);
	/** From which day they are to see. */
	readonly from: FromChoice;
	/** Made when data leaves this device for the first time. */
	newCode: NewCode | null = $state.raw(null);

	constructor(app: App) {
		this.#app = app;
		const own = this.circle;
		const used = own.changes.length > 0 || own.adjustments.length > 0 ? (['medicines'] as const) : [];
		this.chosen = new Set(['plan', ...measureKinds.filter((measure) => own.observations(measure).length > 0), ...used]);
		this.inUse = ['plan', ...measuresInUse(own, measureKinds), ...used];
		this.name = own.ownName ?? '';
		this.from = new FromChoice(deviceToday());
	}

	/** Whose values: those of a person one holds the circle for, when it is on screen, or one's own. */
	get circle(): CircleState {
		return this.#app.circle.held?.isMine ? this.#app.circle : must(this.#app.own, 'only a person shares');
	}

	/** A day is chosen by the person alone: only an owner's device hands over what others wrote (S3). */
	get givesFrom(): boolean {
		return this.circle.held === null;
	}

	/** Who will see: the named contact, else the unit. */
	get contactName(): string {
		const card = this.checked?.card.body;
		return card?.contact || card?.unit || '';
	}

	get needsCode(): boolean {
		return !this.#app.device.hasRecovery;
	}

	/** What the plan rests on and is not handed over with it: there its zone cannot be said. */
	readonly missingForPlan: readonly ShareableBook[] = $derived.by(() => {
		if (!this.chosen.has('plan')) return [];
		const plan = new CirclePlan(this.circle);
		const adjusts = plan.inForce.some((version) => version.plan.medicines.some(({ adjust }) => adjust));
		const needed: readonly ShareableBook[] = [
			...booksOfPlan({ rules: plan.rules }),
			...(adjusts ? ['medicines' as const] : [])
		];
		return needed.filter((book) => !this.chosen.has(book));
	});

	/** Reads a link or pasted text. What was typed stays in the field on failure. */
	async read(text: string): Promise<void> {
		this.busy = 'reading';
		this.cardError = null;
		const checked = await checkCard(this.#app.session, text);
		this.busy = null;
		if (!checked.ok) {
			this.cardError = checked.error;
			return;
		}
		this.checked = checked.value;
		this.safetyNumber = await safetyNumberWith(this.#app.session, checked.value.unit);
		this.step = 'choose';
	}

	toggle(book: ShareableBook, isOn: boolean): void {
		this.chosen = new Set(shareableBooks.filter((each) => (each === book ? isOn : this.chosen.has(each))));
		this.isNothingChosen = false;
	}

	/** From the choice on: to the code the first time, else to the last look. */
	confirmChoice(): void {
		this.isNameMissing = this.name.trim() === '';
		this.isNothingChosen = this.chosen.size === 0;
		if ((this.givesFrom && !this.from.check()) || this.isNameMissing || this.isNothingChosen) return;
		if (!this.needsCode) {
			this.step = 'preview';
			return;
		}
		this.newCode ??= new NewCode(this.#app.session.random);
		this.step = 'code';
	}

	/** The code is on paper: asks two groups back. */
	codeWritten(): void {
		this.newCode?.ask();
		this.step = 'repeat';
	}

	confirmRepeat(): void {
		if (this.newCode?.confirm()) this.step = 'preview';
	}

	/** Turns on the backup when this is the first time, then hands over the chosen books. */
	async share(): Promise<void> {
		this.busy = 'sharing';
		this.shareError = null;
		const error = await this.#share();
		this.busy = null;
		this.shareError = error;
		if (!error) this.step = 'done';
	}

	async #share(): Promise<ShareError | null> {
		const { session } = this.#app;
		if (this.needsCode) {
			const on = await setRecoveryCode(session, must(this.newCode, 'the code was shown before').code);
			if (!on.ok) return on.error;
		}
		const to = must(this.checked, 'a card was read before');
		const shared = await shareWithUnit(session, to, {
			circle: this.circle.held ? this.circle.access?.chain.circle : undefined,
			books: [...this.chosen],
			ownName: this.name.trim(),
			from: this.givesFrom ? (this.from.day ?? undefined) : undefined
		});
		return shared.ok ? null : shared.error;
	}

	back(): void {
		const before: Record<ShareStep, ShareStep> = {
			card: 'card',
			choose: 'card',
			code: 'choose',
			repeat: 'code',
			preview: 'choose',
			done: 'done'
		};
		this.step = before[this.step];
	}
}
