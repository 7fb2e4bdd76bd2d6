/** Invitations of a circle as its page lists them: those made here, with what is known of them, and those made elsewhere. */
import { memberOf } from '$lib/protocol/manifest';
import type { MadeInvite } from '$lib/storage/keyring';
import type { CircleState } from '$lib/state/circle-state.svelte';

export type ListedInvitation =
	/** Somebody has answered: the person is asked. */
	| {
			readonly type: 'asks';
			readonly pub: string;
			readonly made: MadeInvite;
			readonly answer: NonNullable<MadeInvite['answer']>;
	  }
	/** The person has said yes, and it is carried out when the relay can be reached. */
	| {
			readonly type: 'admitting';
			readonly pub: string;
			readonly made: MadeInvite;
			readonly answer: NonNullable<MadeInvite['answer']>;
	  }
	| { readonly type: 'waiting' | 'over' | 'unsent'; readonly pub: string; readonly made: MadeInvite }
	| { readonly type: 'elsewhere'; readonly pub: string; readonly exp: number };

export function listedInvitations(circle: CircleState, now: number): ListedInvitation[] {
	const head = circle.access?.chain.head.body;
	const work = circle.work;
	if (!head || !work || !circle.isRunning) return [];
	const isOwed = (kind: 'withdraw' | 'admit', pub: string) =>
		work.owed.some((owed) => owed.do === kind && owed.pub === pub);
	const made = work.invites
		.filter(({ pub }) => !isOwed('withdraw', pub))
		.map((each) => listed(each, isOwed('admit', each.pub), now));
	const known = new Set(work.invites.map(({ pub }) => pub));
	const elsewhere = head.invites
		.filter(({ pub }) => !known.has(pub) && !isOwed('withdraw', pub))
		.map(({ pub, exp }) => ({ type: 'elsewhere' as const, pub, exp }));
	return [...made, ...elsewhere];
}

function listed(made: MadeInvite, isAdmitting: boolean, now: number): ListedInvitation {
	const { pub, answer } = made;
	if (answer) return { type: isAdmitting ? 'admitting' : 'asks', pub, made, answer };
	if (made.exp <= now) return { type: 'over', pub, made };
	return { type: made.sent ? 'waiting' : 'unsent', pub, made };
}

/** Changes of members that were decided here and wait for the relay. */
export const owedChanges = (circle: CircleState): { kind: 'remove' | 'rights'; member: string; name: string }[] =>
	(circle.work?.owed ?? []).flatMap((owed) => {
		if (owed.do !== 'remove' && owed.do !== 'rights') return [];
		const head = circle.access?.chain.head.body;
		return head && memberOf(head, owed.member)
			? [{ kind: owed.do, member: owed.member, name: circle.nameOf(owed.member) ?? '' }]
			: [];
	});
