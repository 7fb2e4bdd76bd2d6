/** What goes wrong between two devices, in words: what happened, what is safe, what to do. */
import { RECOVERY_CODE_LENGTH, recoveryLetters } from '$lib/crypto/recovery-code';
import { unreachable } from '$lib/domain/assert';
import { m } from '$lib/i18n/paraglide/messages';
import type { PairingHello } from '$lib/protocol/pairing';
import type { OwnDevice } from '$lib/state/own-devices';
import { storageErrorWords } from '$lib/ui/storage-error-words';
import type { AddDeviceProblem } from './add/add-device.svelte';
import type { NewDeviceProblem } from './new/new-device.svelte';

export const kindWords: Readonly<Record<PairingHello['looksLike'], () => string>> = {
	phone: () => m.devices_phone(),
	tablet: () => m.devices_tablet(),
	computer: () => m.devices_computer()
};

export const nameOf = ({ name, isThis }: OwnDevice): string =>
	name ?? (isThis ? m.devices_unnamed_this() : m.devices_unnamed());

type Refusal = Extract<AddDeviceProblem, { type: 'refused' }>;
const refusalWords = ({ code }: Refusal): string =>
	code === 'too-many' ? m.devices_too_many_tries() : m.devices_refused();

/** On the old device; `typed` is the code as it stands in the field. */
export function addProblemWords(problem: AddDeviceProblem, typed: string, isUnit: boolean): string {
	switch (problem.type) {
		case 'wrong-length':
			return m.devices_wrong_length({ typed: recoveryLetters(typed).length, wanted: RECOVERY_CODE_LENGTH });
		case 'wrong-character':
			return m.restore_wrong_character();
		case 'wrong-check':
			return m.devices_wrong_check();
		case 'not-found':
			return m.devices_not_found();
		case 'taken':
			return m.devices_taken();
		case 'altered':
			return m.devices_altered();
		case 'other-space':
			return m.devices_other_space();
		case 'stopped':
			return m.devices_digits_stopped();
		case 'no-name':
			return m.devices_name_empty();
		case 'too-many-devices':
			return isUnit ? m.devices_too_many_unit() : m.devices_too_many_one();
		case 'not-allowed':
		case 'cloned':
			return m.devices_not_allowed();
		case 'shut-out':
			return m.devices_out_short();
		case 'unreachable':
			return m.devices_unreachable();
		case 'refused':
			return refusalWords(problem);
		case 'relay-went-back':
			return m.devices_refused();
		case 'locked':
		case 'storage-full':
		case 'newer-app':
		case 'storage-unavailable':
		case 'wiped':
			return storageErrorWords(problem);
		default:
			return unreachable(problem);
	}
}

/** On the new device. */
export function newProblemWords(problem: NewDeviceProblem): string {
	switch (problem.type) {
		case 'said-no':
			return m.devices_new_no();
		case 'stopped':
			return m.devices_new_stopped();
		case 'not-empty':
			return m.devices_new_taken();
		case 'not-found':
			return m.devices_new_late();
		case 'taken':
		case 'altered':
			return m.devices_new_altered();
		case 'other-space':
			return m.devices_other_space();
		case 'unreachable':
			return m.devices_unreachable();
		case 'refused':
			return refusalWords(problem);
		case 'locked':
		case 'storage-full':
		case 'newer-app':
		case 'storage-unavailable':
		case 'wiped':
			return storageErrorWords(problem);
		default:
			return unreachable(problem);
	}
}
