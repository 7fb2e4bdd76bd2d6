/** What a member is to the person: the word given at the invitation, else the role's. */
import type { OtherMember } from '$lib/state/other-members';
import { roleWord } from './role-word';

export const relationWord = ({ role, relation }: OtherMember): string =>
	role === 'careContact' || role === 'helper' || role === 'owner' ? roleWord(role) : (relation ?? roleWord(role));
