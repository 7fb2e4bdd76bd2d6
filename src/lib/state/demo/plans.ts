/** The written plans of the demo, invented like everything in it: Märta's whole, two others short. */
import type { Contact } from '$lib/domain/plan/lines';
import { emptyPlan, type Plan } from '$lib/domain/plan/plan';
import { addDays, effectiveAt, localDate, placeWallTime } from '$lib/domain/time';
import { m } from '$lib/i18n/paraglide/messages';
import { anna, type DemoPatient, marta } from './people';

const EVERY_DAY = [1, 2, 3, 4, 5, 6, 7];
const MORNING = 7 * 60;
const EVENING = 19 * 60;
const t = (line: string): string => m.demo_plan({ line });

const contact: Contact = {
	id: 'anna',
	name: anna.contact,
	organisation: 'region',
	unit: anna.unit,
	phone: anna.phone
};

/** The plan of a patient of the demo; null for who has none. `now` is UTC milliseconds. */
export function demoPlan(patient: DemoPatient, now: number, zone: string): Plan | null {
	if (patient === marta) return martasPlan(now, zone);
	if (patient.name === 'Karl-Erik Nyman') return pressurePlan();
	return patient.name === 'Bengt Öberg' ? weightPlan() : null;
}

function martasPlan(now: number, zone: string): Plan {
	const today = localDate(effectiveAt(now, zone));
	const at = (days: number, minutes: number) => {
		const placed = placeWallTime({ date: addDays(today, days), minutes }, zone);
		return placed.ok ? placed.value.effective : effectiveAt(now, zone);
	};
	return {
		...weightPlan(),
		matters: [{ id: 'matters', text: t('matters') }],
		goals: [
			{ id: 'goal-weight', text: t('goal_weight') },
			{ id: 'goal-walk', text: t('goal_walk'), matters: 'matters' }
		],
		actions: [
			{ id: 'weigh', who: 'me', text: t('me_weigh'), when: t('morning') },
			{ id: 'pressure', who: 'me', text: t('me_pressure'), when: t('both') },
			{ id: 'take', who: 'me', text: t('me_medicine') },
			{ id: 'look', who: 'care', text: t('care_look') },
			{ id: 'call', who: 'care', text: t('care_call') },
			{ id: 'remind', who: 'relative', text: t('sara_evening') },
			{ id: 'box', who: 'relative', text: t('sara_box') }
		],
		measuring: [
			{
				id: 'm-weight',
				measure: 'weight',
				weekdays: EVERY_DAY,
				times: [MORNING],
				targets: [{ field: 'weight', min: 73, max: 75.5 }]
			},
			{
				id: 'm-pressure',
				measure: 'bloodPressure',
				weekdays: EVERY_DAY,
				times: [MORNING, EVENING],
				targets: [
					{ field: 'systolic', min: 120, max: 135 },
					{ field: 'diastolic', min: 70, max: 80 }
				]
			},
			{ id: 'm-symptoms', measure: 'symptoms', weekdays: EVERY_DAY, times: [], targets: [] }
		],
		green: [{ id: 'green', text: t('green') }],
		rules: [
			{
				id: 'gain',
				zone: 'yellow',
				least: 1,
				clauses: [{ id: 'gain-1', kind: 'weightGain', kg: 2, days: 3 }],
				steps: [
					{ kind: 'adjust', medicine: 'furix' },
					{ kind: 'call', contact: 'anna' }
				],
				quietDays: 7
			},
			{
				id: 'breath',
				zone: 'red',
				least: 1,
				clauses: [
					{ id: 'breath-1', kind: 'symptom', field: 'breathlessness', step: 3, withinDays: 7 },
					{ id: 'breath-2', kind: 'symptom', field: 'chestPain', step: 1, withinDays: 7 }
				],
				steps: [{ kind: 'call', contact: '112' }]
			}
		],
		medicines: [
			{
				id: 'furix',
				name: t('furix'),
				dose: t('furix_dose'),
				when: t('morning'),
				adjust: { step: t('furix_step'), times: 3, withinDays: 7, mostPerDay: 1, contact: 'anna' }
			},
			{ id: 'enalapril', name: t('enalapril'), dose: t('enalapril_dose'), when: t('morning') }
		],
		contacts: [
			{ ...contact, role: t('role'), hours: t('hours') },
			{ id: 'homecare', name: t('municipality'), organisation: 'municipality', phone: '010-765 43 21' }
		],
		covers: [
			{
				id: 'cover',
				contact: 'anna',
				name: t('cover'),
				phone: '010-123 45 68',
				from: addDays(today, 21),
				until: addDays(today, 28)
			}
		],
		appointments: [
			{ id: 'time-call', title: t('call'), at: at(3, 10 * 60 + 30), minutes: 20 },
			{ id: 'time-sample', title: t('sample'), at: at(59, 8 * 60), place: t('sample_place') }
		],
		assessment: {
			by: anna.contact,
			role: t('role'),
			unit: anna.unit,
			date: addDays(today, -14),
			what: t('what'),
			helpers: t('helpers'),
			risk: t('risk'),
			contact: 'anna',
			followUp: addDays(today, 78)
		},
		followUp: addDays(today, 78)
	};
}

function pressurePlan(): Plan {
	return {
		...emptyPlan('hypertension'),
		matters: [{ id: 'matters', text: t('pressure_matters') }],
		actions: [{ id: 'measure', who: 'me', text: t('pressure_me'), when: t('both') }],
		measuring: [
			{ id: 'm-pressure', measure: 'bloodPressure', weekdays: EVERY_DAY, times: [MORNING, EVENING], targets: [] }
		],
		rules: [
			{
				id: 'high',
				zone: 'yellow',
				least: 1,
				clauses: [
					{
						id: 'high-1',
						kind: 'value',
						measure: 'bloodPressure',
						field: 'systolic',
						relation: 'atLeast',
						limit: 140,
						readings: 2,
						withinDays: 7
					}
				],
				steps: [{ kind: 'call', contact: 'anna' }]
			}
		],
		contacts: [contact],
		fixedContact: 'anna'
	};
}

function weightPlan(): Plan {
	return {
		...emptyPlan('heartFailure'),
		matters: [{ id: 'matters', text: t('weigh_matters') }],
		actions: [{ id: 'weigh', who: 'me', text: t('me_weigh'), when: t('morning') }],
		measuring: [{ id: 'm-weight', measure: 'weight', weekdays: EVERY_DAY, times: [MORNING], targets: [] }],
		rules: [
			{
				id: 'gain',
				zone: 'yellow',
				least: 1,
				clauses: [{ id: 'gain-1', kind: 'weightGain', kg: 2, days: 3 }],
				steps: [{ kind: 'call', contact: 'anna' }]
			}
		],
		contacts: [contact],
		fixedContact: 'anna'
	};
}
