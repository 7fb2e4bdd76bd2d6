/** From a line of a plan to what stands in its form, and back. What is checked is checked before it comes here. */
import type { z } from 'zod/mini';
import { must } from '$lib/domain/assert';
import { homeBpPresets } from '$lib/domain/home-bp-presets';
import { measureKinds } from '$lib/domain/measures';
import type { assessmentSchema, sipSchema } from '$lib/domain/plan/lines';
import type { Plan } from '$lib/domain/plan/plan';
import { plainText } from '$lib/domain/plan/text';
import { clockText, parseClock, parseLocalDate, placeWallTime, wallTime, type LocalDate } from '$lib/domain/time';
import { parseNumber } from '$lib/domain/typed-number';
import { numberText } from '$lib/i18n/plan-clause-words';
import { type FormSection, targetFields, targetKey, type Values } from './line-fields';

/** What each section's form makes. */
export interface LineOfForm {
	matters: Plan['matters'][number];
	green: Plan['green'][number];
	goals: Plan['goals'][number];
	actions: Plan['actions'][number];
	measuring: Plan['measuring'][number];
	medicines: Plan['medicines'][number];
	contacts: Plan['contacts'][number];
	covers: Plan['covers'][number];
	appointments: Plan['appointments'][number];
	capacities: Plan['capacities'][number];
	assessment: z.infer<typeof assessmentSchema>;
	sip: z.infer<typeof sipSchema>;
}

interface Codec<S extends FormSection> {
	readonly values: (line: LineOfForm[S], plan: Plan) => Values;
	readonly line: (values: Values, id: string, zone: string) => LineOfForm[S];
}

const EVERY_DAY = '1,2,3,4,5,6,7';

/** What a new line's form begins with. */
export const startValues: Readonly<Record<FormSection, Values>> = {
	matters: {},
	green: {},
	goals: {},
	actions: { who: 'me' },
	measuring: { measure: 'weight', weekdays: EVERY_DAY, times: '07:00' },
	medicines: { mostPerDay: '1', contact: '1177' },
	contacts: { organisation: 'region' },
	covers: {},
	appointments: {},
	capacities: { can: 'yes' },
	assessment: {},
	sip: { wish: 'yes' }
};

const typed = (values: Values, key: string): string => plainText(values[key] ?? '');

/** The parts that are filled in. */
function texts<const K extends string>(values: Values, ...keys: readonly K[]): { [P in K]?: string } {
	return Object.fromEntries(
		keys.map((key) => [key, typed(values, key)] as const).filter(([, text]) => text !== '')
	) as { [P in K]?: string };
}

function days<const K extends string>(values: Values, ...keys: readonly K[]): { [P in K]?: LocalDate } {
	return Object.fromEntries(
		keys.flatMap((key) => {
			const day = parseLocalDate(values[key] ?? '');
			return day ? [[key, day] as const] : [];
		})
	) as { [P in K]?: LocalDate };
}

function numberOf(values: Values, key: string): number | undefined {
	const number = parseNumber(values[key] ?? '', 2);
	return number.ok ? number.value : undefined;
}

const needed = (values: Values, key: string): number => must(numberOf(values, key), 'a number that was checked');

const known = (parts: Readonly<Record<string, string | undefined>>): Values =>
	Object.fromEntries(Object.entries(parts).flatMap(([key, part]) => (part === undefined ? [] : [[key, part]])));

const codecs: { readonly [S in FormSection]: Codec<S> } = {
	matters: { values: ({ text }) => ({ text }), line: (values, id) => ({ id, text: typed(values, 'text') }) },
	green: { values: ({ text }) => ({ text }), line: (values, id) => ({ id, text: typed(values, 'text') }) },
	goals: {
		values: ({ text, matters, until }) => known({ text, matters, until }),
		line: (values, id) => ({
			id,
			text: typed(values, 'text'),
			...texts(values, 'matters'),
			...days(values, 'until')
		})
	},
	actions: {
		values: ({ who, text, when, from, until }) => known({ who, text, when, from, until }),
		line: (values, id) => ({
			id,
			who: values['who'] as 'me',
			text: typed(values, 'text'),
			...texts(values, 'when'),
			...days(values, 'from', 'until')
		})
	},
	measuring: { values: measuringValues, line: measuringLine },
	medicines: {
		values: ({ name, dose, when, note, adjust }) => ({
			...startValues.medicines,
			...known({ name, dose, when, note }),
			...(adjust && {
				adjust: 'yes',
				step: adjust.step,
				times: String(adjust.times),
				withinDays: String(adjust.withinDays),
				mostPerDay: String(adjust.mostPerDay),
				contact: adjust.contact
			})
		}),
		line: (values, id) => ({
			id,
			name: typed(values, 'name'),
			dose: typed(values, 'dose'),
			...texts(values, 'when', 'note'),
			...(values['adjust'] === 'yes' && {
				adjust: {
					step: typed(values, 'step'),
					times: needed(values, 'times'),
					withinDays: needed(values, 'withinDays'),
					mostPerDay: needed(values, 'mostPerDay'),
					contact: values['contact'] ?? '1177'
				}
			})
		})
	},
	contacts: {
		values: ({ id, name, role, organisation, unit, phone, hours }, { fixedContact }) =>
			known({ name, role, organisation, unit, phone, hours, fixed: fixedContact === id ? 'yes' : '' }),
		line: (values, id) => ({
			id,
			name: typed(values, 'name'),
			organisation: values['organisation'] as 'region',
			...texts(values, 'role', 'unit', 'phone', 'hours')
		})
	},
	covers: {
		values: ({ contact, name, phone, from, until }) => known({ contact, name, phone, from, until }),
		line: (values, id) => ({
			id,
			contact: values['contact'] ?? '',
			name: typed(values, 'name'),
			from: must(parseLocalDate(values['from'] ?? ''), 'a day that was checked'),
			until: must(parseLocalDate(values['until'] ?? ''), 'a day that was checked'),
			...texts(values, 'phone')
		})
	},
	appointments: {
		values: ({ title, at, minutes, place, video }) => {
			const { date, minutes: clock } = wallTime(at);
			return known({ title, date, clock: clockText(clock), minutes: minutes?.toString(), place, video });
		},
		line: (values, id, zone) => {
			const minutes = numberOf(values, 'minutes');
			return {
				id,
				title: typed(values, 'title'),
				at: must(agreedMoment(values, zone), 'a time that was checked'),
				...(minutes === undefined ? {} : { minutes }),
				...texts(values, 'place', 'video')
			};
		}
	},
	capacities: {
		values: ({ who, can, text }) => ({ who, can: can ? 'yes' : 'no', text }),
		line: (values, id) => ({
			id,
			who: typed(values, 'who'),
			can: values['can'] !== 'no',
			text: typed(values, 'text')
		})
	},
	assessment: {
		values: (line) => known({ ...line }),
		line: (values) => ({
			by: typed(values, 'by'),
			role: typed(values, 'role'),
			unit: typed(values, 'unit'),
			what: typed(values, 'what'),
			date: must(parseLocalDate(values['date'] ?? ''), 'a day that was checked'),
			...texts(values, 'how', 'helpers', 'risk', 'ifChanged', 'contact', 'reassess'),
			...days(values, 'followUp')
		})
	},
	sip: {
		values: ({ wish, coordinator }) => known({ wish, coordinator }),
		line: (values) => ({ wish: values['wish'] as 'yes', ...texts(values, 'coordinator') })
	}
};

/** The moment of a day and a clock; null for one that does not exist in the zone. */
export function agreedMoment(values: Values, zone: string) {
	const day = parseLocalDate(values['date'] ?? '');
	const minutes = parseClock(values['clock'] ?? '');
	if (!day || minutes === undefined) return null;
	const placed = placeWallTime({ date: day, minutes }, zone);
	return placed.ok ? placed.value.effective : null;
}

export const clocksOf = (text: string | undefined): readonly string[] => (text ?? '').split(',').filter(Boolean);

function measuringValues(line: LineOfForm['measuring']): Values {
	const targets = line.targets.flatMap(({ field, min, max }) => [
		...(min === undefined ? [] : [[targetKey(field, 'min'), numberText(min)]]),
		...(max === undefined ? [] : [[targetKey(field, 'max'), numberText(max)]])
	]);
	return {
		measure: line.measure,
		weekdays: [...new Set(line.weekdays)].sort((a, b) => a - b).join(','),
		times: line.times.map(clockText).join(','),
		protocol: line.protocol?.id ?? '',
		everyWeeks: line.everyWeeks?.toString() ?? '',
		...(Object.fromEntries(targets) as Values)
	};
}

function measuringLine(values: Values, id: string): LineOfForm['measuring'] {
	const measure = measureKinds.find((kind) => kind === values['measure']) ?? 'weight';
	const everyWeeks = numberOf(values, 'everyWeeks');
	const preset = Object.entries(homeBpPresets).find(([key]) => key === values['protocol'])?.[1];
	const times = clocksOf(values['times']).flatMap((clock) => parseClock(clock) ?? []);
	return {
		id,
		measure,
		weekdays: (values['weekdays'] ?? EVERY_DAY).split(',').filter(Boolean).map(Number),
		times: [...new Set(times)].sort((a, b) => a - b),
		targets: targetFields(measure).flatMap(({ key }) => {
			const [min, max] = [numberOf(values, targetKey(key, 'min')), numberOf(values, targetKey(key, 'max'))];
			if (min === undefined && max === undefined) return [];
			return { field: key, ...(min === undefined ? {} : { min }), ...(max === undefined ? {} : { max }) };
		}),
		...(preset && measure === 'bloodPressure' ? { protocol: preset } : {}),
		...(everyWeeks !== undefined && everyWeeks > 1 ? { everyWeeks } : {})
	};
}

export const valuesOfLine = <S extends FormSection>(section: S, line: LineOfForm[S], plan: Plan): Values =>
	codecs[section].values(line, plan);

export const lineOfValues = <S extends FormSection>(
	section: S,
	values: Values,
	id: string,
	zone: string
): LineOfForm[S] => codecs[section].line(values, id, zone);
