/**
 * Sharing with a care unit, one question at a time: whose card is this, what should they see, the recovery code (the first
 * time anything leaves the device), one last look, done. Nothing leaves before the last step.
 */
import { createRecoveryCode, recoveryCodeGroups, type RecoveryCode } from '$lib/crypto/recovery-code';
import { must } from '$lib/domain/assert';
import { shareableBooks, type ShareableBook } from '$lib/domain/books';
import { measureKinds } from '$lib/domain/measures';
import type { App } from '$lib/state/app.svelte';
import { measuresInUse } from '$lib/state/measures-in-use';
import {
	checkCard,
	safetyNumberWith,
	shareWithUnit,
	turnOnBackup,
	type CardError,
	type CheckedCard,
	type ShareError
} from '$lib/state/sharing';

export type ShareStep = 'card' | 'choose' | 'code' | 'repeat' | 'preview' | 'done';

/** Groups of the code the person types back: not the first, which is the easiest to remember. */
const REPEATED_GROUPS = 2;

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
	/** The groups typed back; compared without case and with O and 0 alike. */
	repeated = $state<string[]>([]);
	isRepeatWrong = $state(false);
	#code: RecoveryCode | null = null;
	#asked: readonly number[] = [];

	constructor(app: App) {
		this.#app = app;
		const own = must(app.own, 'only a person shares');
		const used = own.changes.length > 0 || own.adjustments.length > 0 ? (['medicines'] as const) : [];
		this.chosen = new Set([
			'plan',
			...measureKinds.filter((measure) => own.observations(measure).length > 0),
			...used
		]);
		this.inUse = ['plan', ...measuresInUse(own, measureKinds), ...used];
		this.name = own.personName ?? '';
	}

	/** Who will see: the named contact, else the unit. */
	get contactName(): string {
		const card = this.checked?.card.body;
		return card?.contact || card?.unit || '';
	}

	/** The code in groups, the check symbol in the last. */
	get groups(): readonly string[] {
		return this.#code ? recoveryCodeGroups(this.#code) : [];
	}

	/** Which groups are asked back, as indices into `groups`. */
	get asked(): readonly number[] {
		return this.#asked;
	}

	get needsCode(): boolean {
		return !this.#app.device.hasRecovery;
	}

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
		if (this.isNameMissing || this.isNothingChosen) return;
		if (!this.needsCode) {
			this.step = 'preview';
			return;
		}
		this.#code ??= createRecoveryCode(this.#app.session.random);
		this.step = 'code';
	}

	/** Asks two groups back, in the order they stand. */
	codeWritten(): void {
		const random = this.#app.session.random(8);
		const indices = this.groups.map((_, index) => index).slice(1);
		this.#asked = indices
			.map((index, at) => ({ index, order: random[at] ?? 0 }))
			.sort((a, b) => a.order - b.order || a.index - b.index)
			.slice(0, REPEATED_GROUPS)
			.map(({ index }) => index)
			.sort((a, b) => a - b);
		this.repeated = this.#asked.map(() => '');
		this.isRepeatWrong = false;
		this.step = 'repeat';
	}

	confirmRepeat(): void {
		const isRight = this.#asked.every(
			(index, at) => normalised(this.repeated[at] ?? '') === normalised(this.groups[index] ?? '')
		);
		this.isRepeatWrong = !isRight;
		if (isRight) this.step = 'preview';
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
			const on = await turnOnBackup(session, must(this.#code, 'the code was shown before'));
			if (!on.ok) return on.error;
		}
		const to = must(this.checked, 'a card was read before');
		const shared = await shareWithUnit(session, to, { books: [...this.chosen], ownName: this.name.trim() });
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

const normalised = (group: string): string =>
	group.toUpperCase().replace(/[\s-]/g, '').replace(/O/g, '0').replace(/[IL]/g, '1');
