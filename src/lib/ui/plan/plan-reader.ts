/** Who reads a plan, and what they call the others: what the words around a plan depend on. */
import { dateWallMs, type LocalDate } from '$lib/domain/time';
import { formatClock, formatDay, formatRelativeDay, type Moment } from '$lib/i18n/format';
import { m } from '$lib/i18n/paraglide/messages';
import { ownText } from '$lib/i18n/plan-words';
import { possessive } from '$lib/i18n/possessive';
import type { IdentityId } from '$lib/protocol/ids';
import type { PlanStatement, PlanVersion } from '$lib/protocol/project-plan';
import { agreedAt, type CirclePlan } from '$lib/state/circle-plan.svelte';
import { firstName } from '../names';

export interface PlanReader {
	readonly plan: CirclePlan;
	/** What this device's own side is called; null for a person nobody has named. */
	readonly ownName: string | null;
	readonly now: Moment;
}

/** The name of a member of the circle. */
export function nameIn({ plan, ownName }: PlanReader, identity: IdentityId): string {
	const { circle } = plan;
	const isMe = circle.me === null || circle.isOwn(identity);
	return (isMe ? ownName : circle.nameOf(identity)) ?? m.plan_somebody();
}

export const shortNameIn = (reader: PlanReader, identity: IdentityId): string =>
	ownText(firstName(nameIn(reader, identity)));

/** The person the plan is for, in a sentence. */
export const personIn = ({ plan: { circle } }: Pick<PlanReader, 'plan'>): string =>
	circle.personName === null ? (circle.mine ? m.plan_you() : m.plan_person()) : ownText(firstName(circle.personName));

export const planTitle = ({ plan: { circle } }: Pick<PlanReader, 'plan'>): string =>
	circle.mine || circle.personName === null
		? m.plan_title_mine()
		: m.plan_title_of({ name: possessive(firstName(circle.personName)) });

const at = (reader: PlanReader, utc: number): Moment => ({ utc, offset: reader.now.offset });

/** "2 november". */
export const dayIn = (reader: PlanReader, utc: number): string => formatDay(at(reader, utc), reader.now);

/** "i dag kl. 07.15". */
export const whenIn = (reader: PlanReader, utc: number): string =>
	`${formatRelativeDay(at(reader, utc), reader.now)} ${formatClock(at(reader, utc))}`;

export const dateText = (date: LocalDate, now: Moment): string => formatDay({ utc: dateWallMs(date), offset: 0 }, now);

/** "Version 4. Godkänd av Märta och Anna 2 november." */
export function versionLine(reader: PlanReader, version: PlanVersion): string {
	const { plan } = reader;
	const words = { n: plan.numberOf(version), day: dayIn(reader, agreedAt(version)) };
	if (version.careContact !== null)
		return m.plan_version_agreed({
			...words,
			person: personIn(reader),
			contact: shortNameIn(reader, version.careContact)
		});
	const isOwn = plan.circle.mine && (plan.circle.me === null || plan.circle.isOwn(version.author));
	return isOwn
		? m.plan_version_own(words)
		: m.plan_version_own_of({ ...words, name: shortNameIn(reader, version.author) });
}

/** "Anna godkände i går kl. 10.30"; with what is worth knowing of it. */
export function statementWords(reader: PlanReader, said: PlanStatement): string {
	const words = m.plan_said({ type: said.type, name: shortNameIn(reader, said.author), when: whenIn(reader, said.at) });
	const reason = said.reason === null ? '' : `: ”${ownText(said.reason)}”`;
	const late = said.isLate ? ` ${m.plan_said_late()}` : '';
	const aside = said.party === null && said.type === 'accepted' ? ` ${m.plan_said_aside()}` : '';
	return `${words}${reason}.${late}${aside}`;
}

/** Whose agreement is missing, by name. */
export function awaitsWords(reader: PlanReader, { awaits, careContact }: PlanVersion): string {
	const names = awaits.map((party) =>
		party === 'careContact' && careContact !== null ? shortNameIn(reader, careContact) : personIn(reader)
	);
	return m.plan_proposal_awaits({ name: names.join(m.plan_and()) });
}
