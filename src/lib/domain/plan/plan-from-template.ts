/** A plan begun from a template (`templates.ts`). */
import { homeBpPresets } from '../home-bp-presets';
import { emptyPlan, type Plan, type TemplateId } from './plan';
import type { Rule, Step } from './rule';
import { type RuleDraft, templates, type TemplateText } from './templates';

/** A plan to write on from. `words` gives the catalogue's text, `newId` an id that no other line has. */
export function planFromTemplate(
	template: TemplateId,
	words: (text: TemplateText) => string,
	newId: () => string
): Plan {
	const { measuring, rules } = templates[template];
	return {
		...emptyPlan(template),
		actions: [
			{ id: newId(), who: 'me', text: words(`${template}_me`) },
			{ id: newId(), who: 'care', text: words(`${template}_care`) }
		],
		green: [{ id: newId(), text: words(`${template}_green`) }],
		measuring: measuring.map(({ measure, times, protocol, everyWeeks, source }) => ({
			id: newId(),
			measure,
			weekdays: [1, 2, 3, 4, 5, 6, 7],
			times: [...times],
			targets: [],
			...(protocol && { protocol: homeBpPresets[protocol] }),
			...(everyWeeks && { everyWeeks }),
			...(source && { source })
		})),
		rules: rules.map((rule) => ruleFrom(rule, words, newId))
	};
}

function ruleFrom(
	{ zone, least = 1, clauses, call, first, source }: RuleDraft,
	words: (text: TemplateText) => string,
	newId: () => string
): Rule {
	const steps: Step[] = [
		...(first ? [{ kind: 'do' as const, text: words(first) }] : []),
		{ kind: 'call', contact: call }
	];
	return { id: newId(), zone, least, clauses: clauses.map((clause) => ({ ...clause, id: newId() })), steps, source };
}
