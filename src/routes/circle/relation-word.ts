/** What a member is to the person: the word given at the invitation, else the role's. */
import { m } from '$lib/i18n/paraglide/messages';
import type { OtherMember } from '$lib/state/circle-state.svelte';

export function relationWord({ role, relation }: OtherMember): string {
	if (role === 'careContact' || role === 'helper') return m.circle_relation_contact();
	if (role === 'owner') return m.circle_relation_owner();
	return relation ?? m.circle_relation_relative();
}
