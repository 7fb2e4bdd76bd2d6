/** A recovery code on its way to paper: shown, then two of its groups typed back as proof that the paper exists. */
import { createRecoveryCode, recoveryCodeGroups, recoveryLetters, type RecoveryCode } from '$lib/crypto/recovery-code';
import type { RandomBytes } from '$lib/crypto/bytes';

const REPEATED_GROUPS = 2;

export class NewCode {
	readonly code: RecoveryCode;
	/** As printed, the check symbol in the last. */
	readonly groups: readonly string[];
	/** Which groups are asked back, as indices into `groups`. */
	asked: readonly number[] = $state.raw([]);
	/** What is typed back, in the order asked. */
	repeated = $state<string[]>([]);
	isWrong = $state(false);
	readonly #random: RandomBytes;

	constructor(random: RandomBytes) {
		this.#random = random;
		this.code = createRecoveryCode(random);
		this.groups = recoveryCodeGroups(this.code);
	}

	/** Asks for two groups, in the order they stand. Not the first, which is the easiest to remember. */
	ask(): void {
		const random = this.#random(8);
		this.asked = this.groups
			.map((_, index) => ({ index, order: random[index] ?? 0 }))
			.slice(1)
			.sort((a, b) => a.order - b.order || a.index - b.index)
			.slice(0, REPEATED_GROUPS)
			.map(({ index }) => index)
			.sort((a, b) => a - b);
		this.repeated = this.asked.map(() => '');
		this.isWrong = false;
	}

	/** True when what was typed is what stands on the paper; the fields stay as they are when not. */
	confirm(): boolean {
		const isRight = this.asked.every(
			(index, at) => recoveryLetters(this.repeated[at] ?? '') === recoveryLetters(this.groups[index] ?? '')
		);
		this.isWrong = !isRight;
		return isRight;
	}
}
