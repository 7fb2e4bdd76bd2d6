/** The newest look at the person's values, in fixed words. */
import { formatRelativeDay, formatClock, type Moment } from '$lib/i18n/format';
import { m } from '$lib/i18n/paraglide/messages';
import { firstName } from '$lib/ui/names';
import type { CircleState } from '$lib/state/circle-state.svelte';

export interface ReceiptWords {
	readonly kind: 'seen' | 'waiting';
	readonly title: string;
	readonly detail: string;
}

/** Undefined while nobody is given anything. */
export function receiptWords(circle: CircleState, now: Moment): ReceiptWords | undefined {
	const [contact] = circle.contacts;
	if (!contact) return undefined;
	const ofContacts = new Set(circle.contacts.map(({ identity }) => identity));
	const receipts = circle.receipts.filter(({ by }) => ofContacts.has(by));
	const name = firstName(contact.name);
	const seen = receipts.find((receipt) => receipt.outcome === 'seen');
	const hours = contact.hours ? m.today_contact_hours({ hours: contact.hours }) : m.today_contact_no_hours();
	if (!seen) {
		const accepted = receipts.some((receipt) => receipt.outcome === 'accepted');
		const title = accepted ? m.today_receipt_accepted({ name }) : m.today_receipt_waiting({ name });
		return { kind: 'waiting', title, detail: hours };
	}
	const at = { utc: seen.at, offset: now.offset };
	const when = `${formatRelativeDay(at, now)} ${formatClock(at)}`;
	return {
		kind: 'seen',
		title: m.today_receipt_seen({ name: seen.name ? firstName(seen.name) : name, when }),
		detail: hours
	};
}
