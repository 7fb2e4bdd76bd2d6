/**
 * Inviting a person, one question at a time: who, what they may see and do, the recovery code (the first time anything
 * leaves the device), one last look, the link. Nothing leaves before the last step, and what was typed stays on failure.
 */
import { must } from '$lib/domain/assert';
import { shareableBooks, type BookKind, type ShareableBook } from '$lib/domain/books';
import { measureKinds } from '$lib/domain/measures';
import { grantable, proposedAccess, type Access, type InvitableRole } from '$lib/domain/rights';
import type { App } from '$lib/state/app.svelte';
import { makeInvite } from '$lib/state/circle-members';
import type { CircleState } from '$lib/state/circle-state.svelte';
import { measuresInUse } from '$lib/state/measures-in-use';
import { NewCode } from '$lib/state/new-code.svelte';
import { setRecoveryCode } from '$lib/state/sharing';
import type { StorageError } from '$lib/storage/errors';

import { deviceToday } from '$lib/i18n/day-words';
import { FromChoice } from '../from-choice.svelte';

export type InviteStep = 'who' | 'what' | 'code' | 'repeat' | 'look';
export type InviteError = StorageError | { readonly type: 'circle-full' };

export class InviteFlow {
	readonly #app: App;
	/** Made when data leaves this device for the first time. */
	newCode: NewCode | null = $state.raw(null);
	step = $state<InviteStep>('who');
	name = $state('');
	relation = $state('');
	role = $state<InvitableRole>('relative');
	ownName = $state('');
	rights = $state.raw<ReadonlyMap<BookKind, Access>>(new Map());
	readonly inUse: readonly ShareableBook[];
	/** From which day they are to see. */
	readonly from = new FromChoice(deviceToday());
	/** What is missing before the next step. */
	missing = $state<'name' | 'own-name' | 'books' | null>(null);
	isBusy = $state(false);
	error = $state.raw<InviteError | null>(null);

	constructor(app: App, circle: CircleState) {
		this.#app = app;
		const used = circle.changes.length > 0 ? (['medicines'] as const) : [];
		this.inUse = ['plan', ...measuresInUse(circle, measureKinds), ...used];
		this.ownName = circle.ownName ?? '';
		this.propose();
	}

	/** Whose circle it is: one's own, or one that is run together. */
	get circle(): CircleState {
		return this.#app.circle.isRunning ? this.#app.circle : must(this.#app.own, 'a person invites');
	}

	/** What a role is usually given of what is in use; a choice made before stays where the role allows it. */
	propose(): void {
		const proposed = this.inUse.flatMap((book) => {
			const access = this.rights.get(book) ?? proposedAccess(this.role, book);
			const most = grantable(this.role, book);
			return access && most ? [[book, access === 'w' ? most : access] as const] : [];
		});
		this.rights = new Map(proposed);
	}

	choose(book: ShareableBook, access: Access | null): void {
		this.missing = null;
		this.rights = new Map(
			shareableBooks.flatMap((each) => {
				const given = each === book ? access : (this.rights.get(each) ?? null);
				return given ? [[each, given] as const] : [];
			})
		);
	}

	confirmWho(): void {
		this.missing = this.name.trim() === '' ? 'name' : null;
		if (this.missing) return;
		this.propose();
		this.step = 'what';
	}

	confirmWhat(): void {
		if (this.role !== 'coOwner' && this.rights.size === 0) this.missing = 'books';
		else this.missing = this.ownName.trim() === '' ? 'own-name' : null;
		if (this.missing || (this.givesFrom && !this.from.check())) return;
		if (this.#needsCode) this.newCode ??= new NewCode(this.#app.session.random);
		this.step = this.#needsCode ? 'code' : 'look';
	}

	/** A day is chosen by the person alone: only an owner's device hands over what others wrote (S3). */
	get givesFrom(): boolean {
		return this.role !== 'coOwner' && this.circle.role === 'owner';
	}

	get #needsCode(): boolean {
		return !this.#app.device.hasRecovery;
	}

	/** The code is on paper: asks two groups back. */
	codeWritten(): void {
		this.newCode?.ask();
		this.step = 'repeat';
	}

	confirmRepeat(): void {
		if (this.newCode?.confirm()) this.step = 'look';
	}

	/** Makes the invitation; the value is its public key. Null: it failed, and `error` says why. */
	async invite(): Promise<string | null> {
		this.isBusy = true;
		this.error = null;
		const made = await this.#invite();
		this.isBusy = false;
		if (typeof made === 'string') return made;
		this.error = made;
		return null;
	}

	async #invite(): Promise<string | InviteError> {
		const { session } = this.#app;
		if (this.#needsCode) {
			const on = await setRecoveryCode(session, must(this.newCode, 'the code was shown before').code);
			if (!on.ok) return on.error;
		}
		const id = this.circle.access?.chain.circle ?? null;
		const opened = id ?? (await session.ensureOwnCircle());
		const circle = typeof opened === 'string' ? opened : opened.ok ? opened.value : opened.error;
		if (typeof circle !== 'string') return circle;
		const access = must(await session.openCircle(circle), 'a circle that was just made can be opened');
		const made = await makeInvite(session, access, {
			name: this.name.trim(),
			relation: this.relation.trim(),
			role: this.role,
			rights: this.rights,
			ownName: this.ownName.trim(),
			from: this.givesFrom ? this.from.day : null
		});
		return made.ok ? made.value : made.error;
	}

	back(): void {
		const before: Record<InviteStep, InviteStep> = {
			who: 'who',
			what: 'who',
			code: 'what',
			repeat: 'code',
			look: 'what'
		};
		this.missing = null;
		this.step = before[this.step];
	}
}
