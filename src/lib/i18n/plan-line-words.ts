/** Each line of a plan as one text, for the page, the print and what differs between two versions. */
import type { PlanNotice } from '$lib/domain/plan/checks';
import type { Target } from '$lib/domain/plan/targets';
import type { PlanChange } from '$lib/domain/plan/diff';
import type { Medicine } from '$lib/domain/plan/lines';
import type { Plan } from '$lib/domain/plan/plan';
import { type LineOf, type PlanLine, planLines, type Section } from '$lib/domain/plan/plan-lines';
import { dateWallMs, type LocalDate } from '$lib/domain/time';
import { formatClock, formatDay, type Moment } from './format';
import { measureInSentence } from './measure-words';
import { fieldInSentence, measureName } from './number-words';
import { numberText } from './plan-clause-words';
import { capitalised, contactName, ownText, ruleWords, templateName } from './plan-words';
import { m } from './paraglide/messages';
import { getLocale } from './paraglide/runtime';

export const sectionName = (section: Section): string => m.plan_section({ section });

const dayText = (date: LocalDate, now: Moment): string => formatDay({ utc: dateWallMs(date), offset: 0 }, now);

/** Parts that are there, one after the other. */
const listed = (...parts: readonly (string | undefined | false)[]): string =>
	parts.filter((part) => part !== undefined && part !== false && part !== '').join(', ');

/** A line as it is read, with the names of the plan it stands in. `now` only decides whether a year is written out. */
export function lineWords(line: PlanLine, plan: Plan, now: Moment): string {
	switch (line.section) {
		case 'matters':
		case 'green':
			return ownText(line.line.text);
		case 'story':
			return ownText(line.line);
		case 'goals':
			return goalWords(line, plan, now);
		case 'actions':
			return `${m.plan_who({ who: line.line.who })}: ${actionWords(line.line, now)}`;
		case 'measuring':
			return measuringWords(line);
		case 'rules':
			return `${line.line.zone === 'red' ? m.common_zone_red() : m.common_zone_yellow()}: ${ruleWords(line.line, plan)}`;
		case 'medicines':
			return medicineWords(line.line, plan);
		case 'contacts': {
			const { name, role, organisation, unit, phone, hours } = line.line;
			const texts = [name, role, unit].map((text) => text && ownText(text));
			return listed(...texts, m.plan_organisation({ id: organisation }), phone, hours && ownText(hours));
		}
		case 'fixedContact':
			return contactName(line.line, plan);
		case 'covers': {
			const { name, contact, phone, from, until } = line.line;
			const [first, last] = [dayText(from, now), dayText(until, now)];
			const words = { name: ownText(name), contact: contactName(contact, plan), from: first, until: last };
			return listed(m.plan_cover(words), phone);
		}
		case 'appointments': {
			const { title, at, place, video } = line.line;
			return listed(ownText(title), formatDay(at, now), formatClock(at), place && ownText(place), video);
		}
		case 'capacities': {
			const { who, can, text } = line.line;
			return m.plan_capacity({ can: can ? 'yes' : 'no', who: ownText(who), text: ownText(text) });
		}
		case 'assessment':
			return assessmentParts(line, plan, now).join('. ');
		case 'sip': {
			const wish = m.plan_sip({ wish: line.line.wish });
			const { coordinator } = line.line;
			return coordinator === undefined ? wish : m.plan_sip_lead({ wish, name: ownText(coordinator) });
		}
		case 'followUp':
			return dayText(line.line, now);
	}
}

/** What is done and when, without who does it. */
export function actionWords({ text, when, from, until }: LineOf<'actions'>['line'], now: Moment): string {
	const begins = from && m.plan_from({ day: dayText(from, now) });
	const ends = until && m.plan_until({ day: dayText(until, now) });
	return listed(ownText(text), when && ownText(when), begins, ends);
}

function goalWords({ line: { text, matters, until } }: LineOf<'goals'>, plan: Plan, now: Moment): string {
	const reason = plan.matters.find(({ id }) => id === matters)?.text;
	const goal =
		reason === undefined ? ownText(text) : m.plan_goal_for({ text: ownText(text), matters: ownText(reason) });
	return listed(goal, until && m.plan_until({ day: dayText(until, now) }));
}

/** "det övre talet 120 till 135, det undre talet högst 80". */
export const targetWords = (targets: readonly Target[]): string =>
	targets
		.map(({ field, min, max }) => {
			const has = min === undefined ? (max === undefined ? 'none' : 'max') : max === undefined ? 'min' : 'both';
			const number = (value: number | undefined) => (value === undefined ? '' : numberText(value));
			return m.plan_target({ has, field: fieldInSentence(field), min: number(min), max: number(max) });
		})
		.join(', ');

/** "Vikt, varje dag, kl. 07.00, mål: vikten högst 80". */
function measuringWords({ line }: LineOf<'measuring'>): string {
	const { measure, weekdays, times, everyWeeks, protocol, targets } = line;
	return listed(
		measureName(measure),
		new Set(weekdays).size === 7 ? m.plan_every_day() : weekdayNames(weekdays),
		everyWeeks !== undefined && m.plan_every_weeks({ weeks: numberText(everyWeeks) }),
		protocol && m.plan_series_of({ protocol: m.series_preset({ id: protocol.id }) }),
		times.map((minutes) => formatClock({ utc: minutes * 60_000, offset: 0 })).join(', '),
		targets.length > 0 && m.plan_targets({ targets: targetWords(targets) })
	);
}

/** The first Monday of the calendar, for the names of the days. */
const MONDAY = dateWallMs('1970-01-05' as LocalDate);

function weekdayNames(days: readonly number[]): string {
	const format = new Intl.DateTimeFormat(getLocale(), { weekday: 'long', timeZone: 'UTC' });
	return [...new Set(days)]
		.sort((a, b) => a - b)
		.map((day) => format.format(MONDAY + (day - 1) * 86_400_000))
		.join(', ');
}

/** "mån", for a narrow place. ISO day, 1 is Monday. */
export const weekdayShort = (day: number): string =>
	new Intl.DateTimeFormat(getLocale(), { weekday: 'short', timeZone: 'UTC' }).format(MONDAY + (day - 1) * 86_400_000);

function medicineWords({ name, dose, when, note, adjust }: Medicine, plan: Plan): string {
	const usual = m.plan_medicine({ name: ownText(name), dose: ownText(dose) });
	const bounded =
		adjust &&
		m.plan_adjust({
			times: adjust.times,
			days: numberText(adjust.withinDays),
			step: ownText(adjust.step),
			contact: contactName(adjust.contact, plan)
		});
	return [listed(usual, when && ownText(when), note && ownText(note)), ...(bounded ? [bounded] : [])].join('. ');
}

/** The assessment of the self-care, a sentence for each thing it says. */
export function assessmentParts(
	{ line }: Pick<LineOf<'assessment'>, 'line'>,
	plan: Plan,
	now: Moment
): readonly string[] {
	const { by, role, unit, date, what, how, helpers, risk, ifChanged, contact, followUp, reassess } = line;
	const own = (text: string): string => ownText(text.replace(/[.\s]+$/u, ''));
	return [
		m.plan_assessed({ what: own(what), by: own(by), role: own(role), unit: own(unit), day: dayText(date, now) }),
		how && m.plan_assessed_how({ text: own(how) }),
		helpers && m.plan_assessed_helpers({ text: own(helpers) }),
		risk && m.plan_assessed_risk({ text: own(risk) }),
		ifChanged && m.plan_assessed_changed({ text: own(ifChanged) }),
		contact && m.plan_assessed_contact({ text: contactName(contact, plan) }),
		followUp && m.plan_assessed_follow({ text: dayText(followUp, now) }),
		reassess && m.plan_assessed_again({ text: own(reassess) })
	].flatMap((part) => (part ? capitalised(part) : []));
}

/** "Gränser: ändrat från … till …", each with the names of its own version. */
export function changeWords(change: PlanChange, before: Plan, after: Plan, now: Moment): string {
	const { section } = change.type === 'removed' ? change.before : change.after;
	return m.plan_change({
		type: change.type,
		section: sectionName(section),
		before: change.type === 'added' ? '' : lineWords(change.before, before, now),
		after: change.type === 'removed' ? '' : lineWords(change.after, after, now)
	});
}

/** What may be wrong with a plan, in a sentence that names the line. */
export function noticeWords(notice: PlanNotice, plan: Plan, now: Moment): string {
	const words = (line = '', other = '') => m.plan_notice({ type: notice.type, line, other });
	const lineOf = (id: string): string => {
		const line = planLines(plan).find((each) => each.id === id);
		return line ? lineWords(line, plan, now) : '';
	};
	switch (notice.type) {
		case 'never-met':
		case 'impossible-limit':
		case 'clear-beyond-limit':
		case 'red-without-call':
			return words(lineOf(notice.rule));
		case 'yellow-hidden':
			return words(lineOf(notice.yellow), lineOf(notice.red));
		case 'impossible-target':
			return words(lineOf(notice.measuring));
		case 'points-at-nothing':
			return words(lineOf(notice.line));
		case 'contact-without-phone':
			return words(lineOf(notice.contact));
		case 'not-measured':
			return words(measureInSentence(notice.measure));
		case 'other-disease':
			return words(notice.missing.map(measureInSentence).join(', '), templateName(notice.template));
		case 'no-contact':
		case 'no-fixed-contact':
		case 'no-red-rule':
			return words();
	}
}
