/** Being invited, from the link to the circle. What was typed and the link itself stay when something fails. */
import type { App } from '$lib/state/app.svelte';
import {
	answerInvitation,
	givenAnswer,
	openInvitation,
	type InvitationError,
	type OpenedInvitation
} from '$lib/state/joining';
import { ownBefore, type OwnBefore } from '$lib/state/taking-over';
import type { StorageError } from '$lib/storage/errors';
import type { Joining } from '$lib/storage/keyring';

export type JoinError = InvitationError | StorageError;

export class JoinFlow {
	readonly #app: App;
	/** The link as it was opened or pasted. */
	link = $state('');
	busy = $state<'reading' | 'sending' | null>(null);
	invitation = $state.raw<OpenedInvitation | null>(null);
	/** An answer that lies here while the relay cannot be asked about the invitation. */
	given = $state.raw<Joining | null>(null);
	error = $state.raw<JoinError | null>(null);
	/** What is here in a circle of one's own, where the invitation is to take one over. */
	own = $state.raw<OwnBefore | null>(null);
	name = $state('');

	constructor(app: App) {
		this.#app = app;
	}

	async read(link: string): Promise<void> {
		this.link = link;
		this.busy = 'reading';
		this.error = null;
		const { session } = this.#app;
		const opened = await openInvitation(session, link);
		this.given = await givenAnswer(session, link);
		this.own = opened.ok && opened.value.card.role === 'owner' ? await ownBefore(session) : null;
		this.busy = null;
		if (!opened.ok) {
			this.error = opened.error;
			return;
		}
		this.#show(opened.value);
		this.name ||= opened.value.card.invitee;
	}

	/** Looks again without a word when something has come from the relay, while an answer is waited for. */
	async lookAgain(): Promise<void> {
		const standing = this.invitation?.standing;
		if (this.busy || (standing !== 'waiting' && standing !== 'unsent')) return;
		const opened = await openInvitation(this.#app.session, this.link);
		if (opened.ok) this.#show(opened.value);
	}

	async answer(): Promise<void> {
		if (!this.invitation) return;
		this.busy = 'sending';
		this.error = null;
		const answered = await answerInvitation(this.#app.session, this.invitation, this.name.trim());
		this.busy = null;
		if (!answered.ok) this.error = answered.error;
		else this.#show({ ...this.invitation, standing: answered.value });
	}

	#show(invitation: OpenedInvitation): void {
		this.invitation = invitation;
	}
}
