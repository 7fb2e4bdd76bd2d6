/** Whom to ring now: a contact, or who stands in for them on this day. */
import type { Contact } from '$lib/domain/plan/lines';
import type { Plan } from '$lib/domain/plan/plan';
import { coverOn } from '$lib/domain/plan/contact-of-plan';
import type { LocalDate } from '$lib/domain/time';

export interface PhoneCall {
	/** Whom one reaches. */
	readonly name: string;
	/** The contact who is away, when somebody else answers. */
	readonly instead: string | null;
	/** Digits as they are dialled. */
	readonly number: string;
}

/** Null for a contact without a number. */
export function callTo(contact: Contact, plan: Pick<Plan, 'covers'>, today: LocalDate): PhoneCall | null {
	const cover = coverOn(contact.id, plan, today);
	if (cover?.phone) return { name: cover.name, instead: contact.name, number: cover.phone };
	return contact.phone === undefined ? null : { name: contact.name, instead: null, number: contact.phone };
}

/** What a telephone is given: no spaces, brackets or hyphens. */
export const telHref = (number: string): string => `tel:${number.replace(/[^+\d]/g, '')}`;
