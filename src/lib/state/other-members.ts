/** Who else is in a circle, as its roster names them. */
import type { Role } from '$lib/domain/rights';
import { rosterPerson, type CircleAccess } from '$lib/sync/circle-access';

export interface OtherMember {
	readonly identity: string;
	readonly role: Role;
	readonly name: string;
	/** The unit a contact works at, or what a relative is to the person. */
	readonly relation: string | null;
	readonly phone: string | null;
	/** When they usually look, in their own words. */
	readonly hours: string | null;
}

/** Everyone in the circle but this device's own identity. */
export const othersIn = (access: CircleAccess): OtherMember[] =>
	access.chain.head.body.members
		.filter(({ identity }) => identity !== access.member?.identity)
		.map(({ identity, role }) => {
			const person = rosterPerson(access, identity);
			return {
				identity,
				role,
				name: person?.name ?? '',
				relation: person?.relation ?? null,
				phone: person?.phone ?? null,
				hours: person?.hours ?? null
			};
		});
