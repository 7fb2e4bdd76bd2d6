/** What is typed in the dialog of a change: new, or one that is edited. */
import { type Change, type ChangeDraft, type ChangeType } from '$lib/domain/change';
import { type LocalDate, parseLocalDate } from '$lib/domain/time';
import type { CircleView, SaveError } from '$lib/state/circle-view';

interface Deps {
	readonly circle: Pick<CircleView, 'noteChange'>;
	readonly today: LocalDate;
}

export class ChangeForm {
	readonly #deps: Deps;
	readonly #replaces: string | undefined;
	type: ChangeType = $state('medicine.change');
	name = $state('');
	from = $state('');
	to = $state('');
	day: string = $state('');
	/** What was found wrong at the last press; cleared by the next. */
	wrong: { readonly name: boolean; readonly day: boolean } = $state.raw({ name: false, day: false });
	saving: { readonly busy: boolean; readonly error: SaveError | null } = $state.raw({ busy: false, error: null });

	constructor(deps: Deps, edited?: Change) {
		this.#deps = deps;
		this.#replaces = edited?.id;
		this.type = edited?.type ?? 'medicine.change';
		this.name = edited?.name ?? '';
		this.from = edited?.from ?? '';
		this.to = edited?.to ?? '';
		this.day = edited?.day ?? deps.today;
	}

	get isMedicine(): boolean {
		return this.type !== 'other';
	}

	/** A dose that was, for what ended or changed; a dose that is, for what began or changed. */
	get hasFrom(): boolean {
		return this.type === 'medicine.change' || this.type === 'medicine.stop';
	}

	get hasTo(): boolean {
		return this.type === 'medicine.change' || this.type === 'medicine.start';
	}

	/** True when it is kept; else what is wrong stands in the form, which keeps what was typed. */
	async save(): Promise<boolean> {
		const draft = this.#draft();
		if (!draft) return false;
		this.saving = { busy: true, error: null };
		const saved = await this.#deps.circle.noteChange(draft, this.#replaces);
		this.saving = { busy: false, error: saved.ok ? null : saved.error };
		return saved.ok;
	}

	#draft(): ChangeDraft | null {
		const day = parseLocalDate(this.day);
		const name = this.name.trim();
		this.wrong = { name: name === '', day: !day || day > this.#deps.today };
		if (!day || this.wrong.name || this.wrong.day) return null;
		const [from, to] = [this.from.trim(), this.to.trim()];
		return {
			type: this.type,
			day,
			name,
			...(this.hasFrom && from !== '' ? { from } : {}),
			...(this.hasTo && to !== '' ? { to } : {})
		};
	}
}
