/**
 * The recovery code, made the first time anything leaves the device: shown to be written down, then two groups typed back as
 * proof that the paper exists. It is put to use only when what it was made for is done.
 */
import { createRecoveryCode, recoveryCodeGroups, type RecoveryCode } from '$lib/crypto/recovery-code';
import { must } from '$lib/domain/assert';
import type { Result } from '$lib/domain/result';
import type { App } from '$lib/state/app.svelte';
import { turnOnBackup } from '$lib/state/sharing';
import type { StorageError } from '$lib/storage/errors';

/** Groups of the code the person types back: not the first, which is the easiest to remember. */
const REPEATED_GROUPS = 2;

export class RecoveryCodeSteps {
	readonly #app: App;
	#code: RecoveryCode | null = null;
	#asked: readonly number[] = [];
	/** The groups typed back; compared without case and with O and 0 alike. */
	repeated = $state<string[]>([]);
	isRepeatWrong = $state(false);

	constructor(app: App) {
		this.#app = app;
	}

	/** Whether this device has none yet. */
	get isNeeded(): boolean {
		return !this.#app.device.hasRecovery;
	}

	/** The code in groups, the check symbol in the last. */
	get groups(): readonly string[] {
		return this.#code ? recoveryCodeGroups(this.#code) : [];
	}

	/** Which groups are asked back, as indices into `groups`. */
	get asked(): readonly number[] {
		return this.#asked;
	}

	make(): void {
		this.#code ??= createRecoveryCode(this.#app.session.random);
	}

	/** Asks two groups back, in the order they stand. */
	ask(): void {
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
	}

	/** Whether what was typed back is what the code says. */
	confirm(): boolean {
		const isRight = this.#asked.every(
			(index, at) => normalised(this.repeated[at] ?? '') === normalised(this.groups[index] ?? '')
		);
		this.isRepeatWrong = !isRight;
		return isRight;
	}

	/** From here on data may leave the device. */
	turnOn(): Promise<Result<void, StorageError>> {
		return turnOnBackup(this.#app.session, must(this.#code, 'the code was shown before'));
	}
}

const normalised = (group: string): string =>
	group.toUpperCase().replace(/[\s-]/g, '').replace(/O/g, '0').replace(/[IL]/g, '1');
