/** From an open circle to its summary. Everything the care contact's list shows is worked out here, and nowhere else. */
import { dailyMeans } from '$lib/domain/daily-means';
import { measures, type MeasureKind } from '$lib/domain/measures';
import type { Observation } from '$lib/domain/observation';
import { countFacts, type LastSeen } from '$lib/domain/panel-need';
import { measureOfClause } from '$lib/domain/plan/clause';
import { tellingClauses, type ZoneResult } from '$lib/domain/plan/evaluate';
import { addDays, dateWallMs, effectiveAt, type LocalDate, startOfLocalDay } from '$lib/domain/time';
import type { CirclePlan, PlanCircle } from '../circle-plan.svelte';
import type { CircleState } from '../circle-state.svelte';
import { CURVE_DAYS, SUMMARY_DAYS, type CircleSummary, type SummaryReading, type ZoneOfDay } from './circle-summary';

/** What a summary is made from; `CircleState` is one. */
export type SummarisedCircle = PlanCircle &
	Pick<CircleState, 'standing' | 'erasedAt' | 'held' | 'memberSince' | 'person' | 'receipts'>;

export interface SummaryContext {
	/** The unit's own identity: whose marks count as looks. */
	readonly identity: string | null;
	/** The unit's day, which is the first the summary holds for. */
	readonly today: LocalDate;
	/** The unit's zone. */
	readonly zone: string;
}

export function summarise(
	circle: SummarisedCircle,
	plan: CirclePlan<SummarisedCircle>,
	{ identity, today, zone }: SummaryContext
): CircleSummary {
	const isInvited = circle.standing === 'invited';
	const seen = lookOf(circle, identity);
	const asked = plan.toAnswer.map(({ at }) => at);
	const counted = countFacts({
		standing: isInvited ? 'invited' : 'joined',
		sharedAt: circle.memberSince ?? 0,
		measured: Object.fromEntries(
			circle.measures.map((measure) => [measure, ownOf(circle, measure).map(({ effective }) => effective)])
		),
		seen,
		zone: null,
		askedAt: asked.length === 0 ? null : Math.min(...asked)
	});
	const last = lastOf(circle);
	const zones = isInvited ? [{ days: SUMMARY_DAYS, zone: null }] : zonesFrom(plan, today, zone);
	return {
		standing: circle.standing,
		erasedAt: circle.erasedAt,
		name: circle.personName,
		held: circle.held,
		person: circle.person?.id ?? null,
		memberSince: circle.memberSince,
		measures: circle.measures,
		sharedFrom: sharedFromOf(circle),
		unseen: counted.unseen,
		seen: counted.seen,
		askedAt: counted.askedAt,
		newest: counted.last,
		last: last && toReading(last),
		from: today,
		zones,
		readings: readingsBehind(plan, zones),
		curve: curveFrom(circle, last, today)
	};
}

/** The unit's newest mark that somebody has looked. */
function lookOf({ receipts }: SummarisedCircle, identity: string | null): LastSeen | null {
	const look = receipts.find(({ outcome, by }) => outcome === 'seen' && by === identity);
	return look ? { at: look.at, until: look.until } : null;
}

/** What was recorded as this measure: a pulse that came with a pressure is told of with the pressure. */
export const ownOf = (circle: Pick<CircleState, 'observations'>, measure: MeasureKind): readonly Observation[] =>
	circle.observations(measure).filter(({ within }) => within === undefined);

/** The newest measured value; an answer in steps only where nothing is measured. */
function lastOf(circle: SummarisedCircle): Observation | null {
	const newest = circle.measures.flatMap((measure) => ownOf(circle, measure).at(-1) ?? []);
	const measured = newest.filter(({ measure }) => measures[measure].entry === 'digits');
	return (measured.length > 0 ? measured : newest).reduce<Observation | null>(
		(latest, each) => (latest && latest.effective.utc > each.effective.utc ? latest : each),
		null
	);
}

function sharedFromOf(circle: SummarisedCircle): LocalDate | null {
	return circle.measures.flatMap((measure) => circle.sharedFrom(measure) ?? []).sort()[0] ?? null;
}

/** As if nothing more came: whatever does makes another summary. The zone changes with the day, not the clock. */
function zonesFrom(plan: CirclePlan<SummarisedCircle>, today: LocalDate, zone: string): CircleSummary['zones'] {
	const runs: { days: number; zone: ZoneOfDay | null; text: string }[] = [];
	for (let day = 0; day < SUMMARY_DAYS; day += 1) {
		const result = plan.zone(effectiveAt(startOfLocalDay(addDays(today, day), zone), zone));
		const told = result && toZoneOfDay(result);
		const text = JSON.stringify(told);
		const before = runs.at(-1);
		if (before?.text === text) before.days += 1;
		else runs.push({ days: 1, zone: told, text });
	}
	return runs.map(({ days, zone: told }) => ({ days, zone: told }));
}

const toZoneOfDay = (result: ZoneResult): ZoneOfDay => ({
	zone: result.zone,
	since: alarmSince(result),
	telling: tellingClauses(result)
});

/** When what a red or yellow zone rests on was measured; of what rests on nothing, the day it began. UTC milliseconds. */
function alarmSince({ zone, reasons }: ZoneResult): number | null {
	if (zone !== 'red' && zone !== 'yellow') return null;
	const moments = reasons.flatMap(({ clauses, alarm }) =>
		clauses.flatMap(({ clause, finding }) => {
			if (finding.verdict !== 'met') return [];
			if (clause.kind !== 'silence' && finding.at) return [finding.at.utc];
			return alarm ? [dateWallMs(alarm.since)] : [];
		})
	);
	return moments.length === 0 ? null : Math.max(...moments);
}

function readingsBehind(plan: CirclePlan<SummarisedCircle>, zones: CircleSummary['zones']): SummaryReading[] {
	const found = new Map<string, SummaryReading>();
	for (const { clause, finding } of zones.flatMap(({ zone }) => zone?.telling ?? [])) {
		if (finding.verdict === 'unknown' || clause.kind === 'newer') continue;
		const measure = measureOfClause(clause);
		for (const id of finding.readings) {
			const reading = plan.readingOf(measure, id);
			if (reading) found.set(`${reading.measure} ${id}`, toReading(reading));
		}
	}
	return [...found.values()];
}

const toReading = ({ id, measure, values, effective }: Observation): SummaryReading => ({
	id,
	measure,
	values,
	effective
});

/** Best step highest. */
function curveFrom(circle: SummarisedCircle, last: Observation | null, today: LocalDate): Float64Array {
	if (!last) return new Float64Array();
	const days = CURVE_DAYS + SUMMARY_DAYS - 1;
	return Float64Array.from(
		meansOf(circle, last.measure, days, addDays(today, SUMMARY_DAYS - 1)),
		(value) => value ?? NaN
	);
}

/** Daily means of a measure's first field up to a day, best step highest. */
export function meansOf(
	circle: Pick<CircleState, 'observations'>,
	measure: MeasureKind,
	days: number,
	until: LocalDate
): readonly (number | null)[] {
	const [lead] = measures[measure].fields;
	if (!lead) return [];
	const means = dailyMeans(circle.observations(measure), lead.key, days, until);
	return measures[measure].entry === 'scale' ? means.map((value) => (value === null ? null : -value)) : means;
}
