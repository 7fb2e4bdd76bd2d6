/** Starting a unit from its one-time link: what it will be called, and the one act that makes its identity. */
import { unreachable } from '$lib/domain/assert';
import type { Result } from '$lib/domain/result';
import { m } from '$lib/i18n/paraglide/messages';
import type { Enrolment, EnrolError } from '$lib/state/unit';

const MAX_LINE = 120;
const MAX_PHONE = 32;

export const enrolFields = ['unit', 'contact', 'phone', 'hours'] as const;
export type EnrolField = (typeof enrolFields)[number];

export class EnrolForm {
	readonly #link: Enrolment;
	readonly #enrol: (link: Enrolment) => Promise<Result<void, EnrolError>>;
	values: Record<EnrolField, string> = $state({ unit: '', contact: '', phone: '', hours: '' });
	/** What is wrong with a field; shown after a first try. */
	problems: Readonly<Partial<Record<EnrolField, string>>> = $state.raw({});
	/** Why the unit was not made. What was typed stays. */
	failure: string | null = $state(null);
	isBusy = $state(false);

	constructor(link: Enrolment, enrol: (link: Enrolment) => Promise<Result<void, EnrolError>>) {
		this.#link = link;
		this.#enrol = enrol;
		const { unit, contact, phone, hours } = link;
		this.values = { unit, contact, phone, hours };
	}

	/** Makes the unit. True when it is there; else `problems` or `failure` says why not. */
	async confirm(): Promise<boolean> {
		if (this.isBusy) return false;
		this.failure = null;
		this.problems = problemsOf(this.values);
		if (Object.keys(this.problems).length > 0) return false;
		this.isBusy = true;
		const { unit, contact, phone, hours } = this.values;
		const enrolled = await this.#enrol({
			t: this.#link.t,
			unit: unit.trim(),
			contact: contact.trim(),
			phone: phone.trim(),
			hours: hours.trim()
		});
		this.isBusy = false;
		if (!enrolled.ok) this.failure = enrolErrorWords(enrolled.error);
		return enrolled.ok;
	}
}

function problemsOf(values: Readonly<Record<EnrolField, string>>): Partial<Record<EnrolField, string>> {
	const problems: Partial<Record<EnrolField, string>> = {};
	for (const field of enrolFields) {
		const most = field === 'phone' ? MAX_PHONE : MAX_LINE;
		if (values[field].trim().length > most) problems[field] = m.panel_enrol_too_long({ count: most });
	}
	if (values.unit.trim() === '') problems.unit = m.panel_enrol_unit_missing();
	return problems;
}

/** What happened, what is safe and what to do next. */
export function enrolErrorWords(error: EnrolError): string {
	switch (error.type) {
		case 'link-malformed':
			return m.panel_link_malformed();
		case 'link-used':
			return m.panel_enrol_used();
		case 'device-taken':
			return m.panel_enrol_taken();
		case 'unreachable':
			return m.panel_enrol_unreachable();
		case 'refused':
			return m.panel_enrol_refused();
		case 'relay-went-back':
			return m.panel_went_back();
		case 'cloned':
			return m.panel_cloned();
		case 'shut-out':
			return m.devices_out_unit_short();
		case 'storage-full':
			return m.panel_enrol_full();
		case 'storage-unavailable':
		case 'wiped':
			return m.panel_enrol_storage();
		case 'newer-app':
			return m.panel_save_newer();
		case 'locked':
			return m.lock_elsewhere();
		default:
			return unreachable(error);
	}
}
