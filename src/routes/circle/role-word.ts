/** What a role is called, and whom a link can invite. */
import type { InvitableRole, Role } from '$lib/domain/rights';
import { m } from '$lib/i18n/paraglide/messages';

export function roleWord(role: Role): string {
	switch (role) {
		case 'coOwner':
			return m.members_role_coowner();
		case 'viewer':
			return m.members_role_viewer();
		case 'careContact':
		case 'helper':
			return m.circle_relation_contact();
		case 'owner':
			return m.circle_relation_owner();
		case 'relative':
			return m.members_role_relative();
	}
}

export const roleChoices = (): { value: InvitableRole; label: string; detail: string }[] => [
	{ value: 'relative', label: m.members_role_relative_choice(), detail: m.members_role_relative_detail() },
	{ value: 'viewer', label: m.members_role_viewer_choice(), detail: m.members_role_viewer_detail() },
	{ value: 'coOwner', label: m.members_role_coowner_choice(), detail: m.members_role_coowner_detail() }
];
