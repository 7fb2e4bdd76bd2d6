/**
 * Letting a further device in: its code is read, the digits it shows are typed, and only when they are the same is it given a
 * name and let in. The code stays in its field until it has led somewhere.
 */
import { parseRecoveryCode, type RecoveryCodeError } from '$lib/crypto/recovery-code';
import { err, type Result } from '$lib/domain/result';
import { codeInLink, type PairingHello } from '$lib/protocol/pairing';
import { MAX_DEVICE_NAME } from '$lib/protocol/own-notes';
import type { Session } from '$lib/state/session';
import {
	admit,
	answerCode,
	digitsOf,
	sayNo,
	type AdmitError,
	type PairingError,
	type Waiting
} from '$lib/sync/pairing';

export type AddDeviceStep = 'code' | 'looking' | 'digits' | 'name' | 'admitting' | 'done';

export type AddDeviceProblem =
	| RecoveryCodeError
	| PairingError
	| AdmitError
	/** The person said that the digits differ, or typed others too often. */
	| { readonly type: 'stopped' }
	| { readonly type: 'no-name' };

/** So many slips of the finger; whoever then still has other digits looks at another device. */
const MOST_SLIPS = 3;

export interface AddDeviceDeps {
	readonly session: Pick<Session, 'device' | 'relay' | 'random' | 'now' | 'store' | 'updateDevice'>;
	/** What a device of this kind is called; '' where the person must say. */
	readonly nameFor: (kind: PairingHello['looksLike']) => string;
	readonly pause: () => Promise<void>;
}

export class AddDeviceFlow {
	readonly #deps: AddDeviceDeps;
	typed = $state('');
	digits = $state('');
	name = $state('');
	step: AddDeviceStep = $state('code');
	problem: AddDeviceProblem | null = $state.raw(null);
	/** The digits that were typed are not the ones. */
	isWrong = $state(false);
	#waiting: Waiting | null = null;
	#slips = 0;

	constructor(deps: AddDeviceDeps, typed: string) {
		this.#deps = deps;
		this.typed = codeInLink(typed);
	}

	/** Looks behind the code that was typed or read. */
	async look(): Promise<void> {
		this.problem = null;
		this.typed = codeInLink(this.typed);
		const code = parseRecoveryCode(this.typed);
		if (!code.ok) return this.#fail(code.error);
		const device = await this.#deps.session.device();
		if (!device) return this.#fail({ type: 'not-allowed' });
		this.step = 'looking';
		const answered = await answerCode(this.#deps.session, device, code.value);
		if (!answered.ok) return this.#fail(answered.error);
		this.#waiting = answered.value;
		this.#slips = 0;
		this.digits = '';
		this.isWrong = false;
		this.step = 'digits';
	}

	/** Compares what was typed with what this side comes to. */
	async compare(): Promise<void> {
		const waiting = this.#waiting;
		if (!waiting) return;
		const own = await this.#ownDigits(waiting);
		if (!own.ok) return this.#fail(own.error);
		if (own.value.replace(/\s/g, '') !== this.digits.replace(/\D/g, '')) {
			this.isWrong = true;
			this.#slips += 1;
			return this.#slips >= MOST_SLIPS ? this.deny() : undefined;
		}
		this.isWrong = false;
		this.name = this.#deps.nameFor(waiting.hello.looksLike);
		this.step = 'name';
	}

	/** The digits differ: nobody is let in, and the other device is told. */
	async deny(): Promise<void> {
		const waiting = this.#waiting;
		this.#fail({ type: 'stopped' });
		this.typed = '';
		if (waiting) await sayNo(this.#deps.session.relay, waiting, this.#deps.session.random);
	}

	async letIn(): Promise<void> {
		const [waiting, name] = [this.#waiting, this.name.trim().slice(0, MAX_DEVICE_NAME)];
		if (!waiting || this.step !== 'name') return;
		this.problem = name === '' ? { type: 'no-name' } : null;
		if (this.problem) return;
		this.step = 'admitting';
		const admitted = await admit(this.#deps.session, waiting, name);
		if (!admitted.ok) {
			this.problem = admitted.error;
			this.step = 'name';
			return;
		}
		this.name = name;
		this.step = 'done';
		await this.#deps.session.updateDevice((now) => now);
	}

	/** Waits for the new device's number: it tells it as soon as it has seen the answer. */
	async #ownDigits(waiting: Waiting): Promise<Result<string, PairingError>> {
		for (;;) {
			const digits = await digitsOf(this.#deps.session.relay, waiting);
			if (!digits.ok) return digits;
			if (digits.value !== null) return { ok: true, value: digits.value };
			if (this.#waiting !== waiting) return err({ type: 'not-found' });
			await this.#deps.pause();
		}
	}

	#fail(problem: AddDeviceProblem): void {
		this.#waiting = null;
		this.problem = problem;
		this.step = 'code';
	}
}
