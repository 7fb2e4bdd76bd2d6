/** Märta's circle with everything an archive must carry: her own and Sara's readings, corrections, a plan agreed with a unit, its marks. */
import { must } from '$lib/domain/assert';
import { emptyPlan, type Plan } from '$lib/domain/plan/plan';
import { makeInvite, decide, linkOf } from '$lib/state/circle-members';
import { CirclePlan } from '$lib/state/circle-plan.svelte';
import type { CircleState } from '$lib/state/circle-state.svelte';
import { answerInvitation, openInvitation } from '$lib/state/joining';
import { checkCard, shareWithUnit } from '$lib/state/sharing';
import { answerCircle, createCardLink, enrolUnit } from '$lib/state/unit';
import type { CircleId } from '$lib/protocol/ids';
import { gainClause, rule } from './plan';
import type { TestRelay } from './relay-calls';
import { Someone, weightDraft } from './sessions';

export interface SharedCircle {
	readonly marta: Someone;
	readonly sara: Someone;
	readonly anna: Someone;
	readonly circle: CircleId;
	/** Opens somebody's view of it anew. */
	readonly of: (who: Someone) => Promise<CircleState>;
}

const written: Plan = { ...emptyPlan(), rules: [rule([gainClause()], { id: 'r' })] };

const idOf = (circle: CircleState): CircleId => must(circle.access, 'the circle is open').chain.circle;

export async function openSharedCircle(relay: TestRelay): Promise<SharedCircle> {
	const [marta, sara, anna] = [
		await Someone.open('demo-marta', relay),
		await Someone.open('demo-sara', relay),
		await Someone.open('demo-anna', relay)
	];
	const own = await marta.begin();
	const circle = idOf(own);
	const of = (who: Someone) => who.circle(who === marta ? undefined : circle);
	await letSaraIn(marta, sara, own, circle);
	await letAnnaIn(marta, anna, circle);
	await write({ marta, sara, anna, circle, of });
	return { marta, sara, anna, circle, of };
}

async function letSaraIn(marta: Someone, sara: Someone, own: CircleState, circle: CircleId): Promise<void> {
	const made = await makeInvite(marta.session, must(own.access, 'a circle'), {
		name: 'Sara',
		relation: 'dotter',
		role: 'relative',
		rights: new Map([
			['weight', 'w'],
			['plan', 'r']
		]),
		ownName: 'Märta'
	});
	const pub = must(made.ok ? made.value : null, 'an invitation');
	const invite = must(
		(await marta.circle()).work?.invites.find((each) => each.pub === pub),
		'it is kept'
	);
	const opened = await openInvitation(sara.session, linkOf(marta.session, invite));
	if (!opened.ok) throw new Error(opened.error.type);
	await answerInvitation(sara.session, opened.value, 'Sara Lindqvist');
	await marta.sync();
	await decide(marta.session, circle, { do: 'admit', pub });
	await sara.sync();
}

async function letAnnaIn(marta: Someone, anna: Someone, circle: CircleId): Promise<void> {
	const enrolled = await enrolUnit(anna.session, null);
	if (!enrolled.ok) throw new Error(enrolled.error.type);
	await anna.session.updateDevice((device) => ({
		...device,
		unit: { name: 'Hjärtsvikt', contact: 'Anna Bergqvist', phone: '', hours: '', enrolment: null }
	}));
	const link = must(await createCardLink(anna.session, { oneTime: false, days: 7 }), 'a card');
	const card = await checkCard(marta.session, link);
	if (!card.ok) throw new Error(card.error.type);
	const shared = await shareWithUnit(marta.session, card.value, { books: ['weight', 'plan'], ownName: 'Märta' });
	if (!shared.ok) throw new Error(shared.error.type);
	await anna.sync();
	await answerCircle(anna.session, circle, 'joined');
}

async function write({ marta, sara, anna, of }: SharedCircle): Promise<void> {
	const own = await marta.circle();
	await marta.weighs(71, own);
	await marta.weighs(72, own);
	const wrong = await marta.weighs(720, own);
	await own.voidObservation(wrong, 'wrongValue');
	const seen = must(
		own.observations('weight').find(({ values }) => values.weight === 72),
		'a reading'
	);
	await own.amend(seen, { ...weightDraft(72.5), note: 'vågen stod snett' });
	const hers = await of(sara);
	await sara.weighs(73, hers);
	for (const each of [sara, marta, anna]) await each.sync();
	await (await of(anna)).mark('seen', 'Anna Bergqvist');
	const unit = must((await anna.session.device())?.identity, 'a unit');
	const proposed = await new CirclePlan(await marta.circle()).propose(written, null, unit);
	if (!proposed.ok) throw new Error(proposed.error.type);
	for (const each of [marta, anna]) await each.sync();
	const plan = new CirclePlan(await of(anna));
	const version = must(plan.toAnswer[0], 'a proposal waits');
	const accepted = await plan.accept(version);
	if (!accepted.ok) throw new Error(accepted.error.type);
	for (const each of [anna, marta, sara]) await each.sync();
}
