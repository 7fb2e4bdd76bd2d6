/** What stands in an archive in plain text: a page to read, a table for a spreadsheet, and every entry as a line. */
import { utf8 } from '$lib/crypto/bytes';
import { measureKinds, type MeasureKind } from '$lib/domain/measures';
import type { Observation } from '$lib/domain/observation';
import type { Plan } from '$lib/domain/plan/plan';
import { MINUTE_MS } from '$lib/domain/time';
import { planLines } from '$lib/domain/plan/plan-lines';
import type { Files } from '$lib/exchange/archive/container';
import { changeLong } from '$lib/i18n/change-words';
import { deviceMoment, formatClock, formatDay, type Moment } from '$lib/i18n/format';
import { measureName, valueText } from '$lib/i18n/measure-words';
import { m } from '$lib/i18n/paraglide/messages';
import { getLocale } from '$lib/i18n/paraglide/runtime';
import { lineWords } from '$lib/i18n/plan-line-words';
import { possessive } from '$lib/i18n/possessive';
import { CirclePlan } from '$lib/state/circle-plan.svelte';
import type { CircleState } from '$lib/state/circle-state.svelte';
import { statementWords } from '$lib/ui/plan/plan-reader';
import { csvText } from '../../circle/download-csv';
import { logOf } from '../../circle/history-words';
import { element, list, page, table, type Html } from './html';

/** The plain files of an archive of `circle`. `now`: UTC milliseconds, and `entries` as the archive's maker has them. */
export const readableFiles =
	(circle: CircleState, now: number) =>
	(entries: Uint8Array): Files => {
		return new Map([
			['index.html', utf8(indexPage(circle, now))],
			['readings.csv', utf8(csvText(readingLines(circle)))],
			['entries.ndjson', entries]
		]);
	};

/** Read who knows when: every day with its year, and none of them "today". */
const someday = (now: number): Moment => ({ utc: 0, offset: deviceMoment(now).offset });

/** "26 november 2026 kl. 07.15". */
const when = (at: Moment): string => `${formatDay(at, someday(at.utc))} ${formatClock(at)}`;

function indexPage(circle: CircleState, at: number): string {
	const now = someday(at);
	const name = circle.ownName;
	const person = circle.mine ? name : circle.personName;
	const title = person ? m.archive_page_title_of({ whose: possessive(person) }) : m.archive_page_title();
	return page(getLocale(), title, [
		element('h1', title),
		element('p', m.archive_page_made({ when: when(deviceMoment(at)) }), ' ', m.archive_page_what()),
		element('h2', m.archive_page_people()),
		list([
			name ?? m.archive_page_you(),
			...circle.others.map((each) => [each.name, each.relation].filter(Boolean).join(', '))
		]),
		...planPart(circle, now),
		element('h2', m.archive_page_marks()),
		listOrNone(logOf(circle, now).map((row) => [row.text, ...row.details, row.when].join('. '))),
		...changesPart(circle),
		...measureKinds.flatMap((kind) => measurePart(circle, kind))
	]);
}

const listOrNone = (items: readonly string[]): Html =>
	items.length > 0 ? list(items) : element('p', m.archive_page_none());

function planPart(circle: CircleState, now: Moment): Html[] {
	const plan = new CirclePlan(circle);
	const reader = { plan, ownName: circle.ownName, now };
	return [
		element('h2', m.archive_page_plan()),
		...(plan.state.versions.length === 0 ? [element('p', m.archive_page_none())] : []),
		...plan.state.versions.flatMap((version) => [
			element('h3', `${m.plan_version_n({ n: plan.numberOf(version) })}: ${m.plan_status({ status: version.status })}`),
			list(version.statements.map((said) => statementWords(reader, said))),
			...linesOf(version.plan, now)
		])
	];
}

const linesOf = (plan: Plan | null, now: Moment): Html[] =>
	plan ? [list(planLines(plan).map((line) => lineWords(line, plan, now)))] : [];

function changesPart({ changes }: CircleState): Html[] {
	return changes.length === 0
		? []
		: [element('h2', m.circle_book_medicines()), list(changes.map((change) => `${change.day}: ${changeLong(change)}`))];
}

function measurePart(circle: CircleState, kind: MeasureKind): Html[] {
	const rows = rowsOf(circle, kind, when);
	if (rows.length === 0) return [];
	const head = [
		m.archive_page_when(),
		m.archive_page_value(),
		m.archive_page_by(),
		m.archive_page_note(),
		m.archive_page_state()
	];
	return [table(measureName(kind), head, rows)];
}

/** Those that show and those taken out of view, as they stand: when, what, by whom, and what has happened to it. */
function rowsOf(circle: CircleState, kind: MeasureKind, whenText: (at: Moment) => string): string[][] {
	const cells = (reading: Observation, state: string): string[] => [
		whenText(reading.effective),
		valueText(kind, reading.values),
		circle.nameOf(reading.by) ?? circle.ownName ?? m.archive_page_you(),
		reading.note ?? '',
		state
	];
	return [
		...circle
			.observations(kind)
			.filter(({ within }) => !within)
			.map((reading) => cells(reading, reading.amended ? m.archive_page_amended() : '')),
		...circle.removed(kind).map((reading) => cells(reading, m.archive_page_removed()))
	];
}

/** "2026-11-26 07:15", which spreadsheets read as a time. */
const whenInTable = ({ utc, offset }: Moment): string =>
	new Date(utc + offset * MINUTE_MS).toISOString().slice(0, 16).replace('T', ' ');

function readingLines(circle: CircleState): string[][] {
	const head = [
		m.archive_page_measure(),
		m.archive_page_when(),
		m.archive_page_value(),
		m.archive_page_by(),
		m.archive_page_note(),
		m.archive_page_state()
	];
	return [
		head,
		...measureKinds.flatMap((kind) => rowsOf(circle, kind, whenInTable).map((row) => [measureName(kind), ...row]))
	];
}
