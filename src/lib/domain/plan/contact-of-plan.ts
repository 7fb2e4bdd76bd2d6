/** The fixed care contact (fast vårdkontakt) of a plan that is begun, and who stands in for them. */
import type { LocalDate } from '../time';
import type { Contact, Cover } from './lines';
import { phoneSchema } from './fields';
import type { Plan } from './plan';
import { plainText, textLimits } from './text';

/** What is known of a care contact from elsewhere, as free text. */
export interface KnownContact {
	readonly name: string;
	readonly unit?: string | null | undefined;
	readonly phone?: string | null | undefined;
	readonly hours?: string | null | undefined;
}

/** A contact's line from what is known: what does not fit a line is shortened, and what is no telephone number is left out. */
export function contactFrom({ name, unit, phone, hours }: KnownContact): Omit<Contact, 'id'> | null {
	const short = (text: string | null | undefined): string =>
		plainText(text ?? '')
			.slice(0, textLimits.short)
			.trim();
	const [called, at, open] = [short(name), short(unit), short(hours)];
	if (called === '') return null;
	const number = phoneSchema.safeParse(plainText(phone ?? ''));
	return {
		name: called,
		organisation: 'region',
		...(at !== '' && at !== called ? { unit: at } : {}),
		...(number.success ? { phone: number.data } : {}),
		...(open === '' ? {} : { hours: open })
	};
}

/** The plan with this contact as the fixed one; yellow is then for them to hear of, and red stays with 112 and 1177. */
export const withFixedContact = (plan: Plan, contact: Contact): Plan => ({
	...plan,
	contacts: [contact, ...plan.contacts],
	fixedContact: contact.id,
	rules: plan.rules.map((rule) =>
		rule.zone === 'red'
			? rule
			: {
					...rule,
					steps: rule.steps.map((step) =>
						step.kind === 'call' && step.contact === '1177' ? { ...step, contact: contact.id } : step
					)
				}
	)
});

export const fixedContactOf = ({ contacts, fixedContact }: Pick<Plan, 'contacts' | 'fixedContact'>): Contact | null =>
	contacts.find(({ id }) => id === fixedContact) ?? null;

/** Who stands in for a contact on a day; of several the one that began last. */
export function coverOn(contact: string, { covers }: Pick<Plan, 'covers'>, day: LocalDate): Cover | null {
	const standing = covers.filter((cover) => cover.contact === contact && cover.from <= day && day <= cover.until);
	return standing.reduce<Cover | null>((latest, each) => (latest && latest.from >= each.from ? latest : each), null);
}

/** Those that are still to come or go on, soonest first. */
export const coversFrom = ({ covers }: Pick<Plan, 'covers'>, day: LocalDate): readonly Cover[] =>
	covers.filter(({ until }) => until >= day).sort((a, b) => (a.from < b.from ? -1 : 1));

/** Agreed times (överenskomna tider) that are not over, soonest first. One without a length lasts an hour. */
export const appointmentsFrom = ({ appointments }: Pick<Plan, 'appointments'>, utc: number): Plan['appointments'] =>
	appointments.filter(({ at, minutes = 60 }) => at.utc + minutes * 60_000 > utc).sort((a, b) => a.at.utc - b.at.utc);
