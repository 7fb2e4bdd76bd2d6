/** A plan as a flat list of lines, each of which can be added, removed or changed. */
import type { z } from 'zod/mini';
import type { LocalDate } from '../time';
import type * as lines from './lines';
import type { Contact, Cover, Medicine } from './lines';
import type { Plan } from './plan';
import type { Rule } from './rule';

/** What a line of each section is. Those that a plan has one of stand under the section's own name as id. */
interface Sections {
	matters: z.infer<typeof lines.textLineSchema>;
	story: string;
	goals: z.infer<typeof lines.goalSchema>;
	actions: z.infer<typeof lines.actionSchema>;
	measuring: z.infer<typeof lines.measuringSchema>;
	green: z.infer<typeof lines.textLineSchema>;
	rules: Rule;
	medicines: Medicine;
	contacts: Contact;
	fixedContact: string;
	covers: Cover;
	appointments: z.infer<typeof lines.appointmentSchema>;
	capacities: z.infer<typeof lines.capacitySchema>;
	assessment: z.infer<typeof lines.assessmentSchema>;
	sip: z.infer<typeof lines.sipSchema>;
	followUp: LocalDate;
}
export type Section = keyof Sections;
export type LineOf<S extends Section> = { readonly section: S; readonly id: string; readonly line: Sections[S] };
export type PlanLine = { [S in Section]: LineOf<S> }[Section];

/** The order of the page. */
export function planLines(plan: Plan): readonly PlanLine[] {
	return [
		...many('matters', plan.matters),
		...one('story', plan.story),
		...many('goals', plan.goals),
		...many('actions', plan.actions),
		...many('measuring', plan.measuring),
		...many('green', plan.green),
		...many('rules', plan.rules),
		...many('medicines', plan.medicines),
		...one('fixedContact', plan.fixedContact),
		...many('contacts', plan.contacts),
		...many('covers', plan.covers),
		...many('appointments', plan.appointments),
		...many('capacities', plan.capacities),
		...one('assessment', plan.assessment),
		...one('sip', plan.sip),
		...one('followUp', plan.followUp)
	];
}

const many = <S extends Section>(section: S, list: readonly (Sections[S] & { readonly id: string })[]) =>
	list.map((line) => ({ section, id: line.id, line }));

const one = <S extends Section>(section: S, line: Sections[S] | undefined) =>
	line === undefined ? [] : [{ section, id: section, line }];

/** The same line of two versions has the same key. */
export const lineKey = ({ section, id }: PlanLine): string => `${section} ${id}`;

/** True when two lines say the same, whatever order their parts stand in. */
export const isSameLine = (a: PlanLine, b: PlanLine): boolean => isSame(a, b);

function isSame(a: unknown, b: unknown): boolean {
	if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return Object.is(a, b);
	const [left, right] = [definedParts(a), definedParts(b)];
	return left.size === right.size && [...left].every(([key, value]) => right.has(key) && isSame(value, right.get(key)));
}

const definedParts = (value: object): ReadonlyMap<string, unknown> =>
	new Map(Object.entries(value).filter(([, part]) => part !== undefined));
