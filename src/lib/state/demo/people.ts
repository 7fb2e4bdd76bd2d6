/**
 * The people of the demo. All of them, their names, numbers and values are invented.
 */
import type { MeasureKind } from '$lib/domain/measures';
import type { Space } from '$lib/storage/database';

export interface DemoPatient {
	readonly space: Space;
	readonly name: string;
	readonly systolic: number;
	readonly diastolic: number;
	readonly pulse: number;
	/** kg at the beginning of the series. */
	readonly weight: number;
	/** kg gained over the last days, as when fluid is kept. */
	readonly lateGain: number;
	/** Days since the first day of a week of home blood pressures; null without one. */
	readonly seriesDaysAgo: number | null;
	/** Days since the last measurement. */
	readonly silentDays: number;
	readonly shares: readonly MeasureKind[];
	/** Whether the unit has answered yet. */
	readonly isAccepted: boolean;
}

const everything: readonly MeasureKind[] = ['bloodPressure', 'weight', 'pulse', 'selfRatedHealth', 'symptoms'];

export const marta: DemoPatient = {
	space: 'demo-marta',
	name: 'Märta Lindqvist',
	systolic: 136,
	diastolic: 79,
	pulse: 68,
	weight: 74.1,
	lateGain: 2.3,
	seriesDaysAgo: 10,
	silentDays: 0,
	shares: everything,
	isAccepted: true
};

/** Märta first; the others are there so that the panel is not a list of one. */
export const demoPatients: readonly DemoPatient[] = [
	marta,
	{
		...marta,
		space: 'demo-p1',
		seriesDaysAgo: 3,
		name: 'Karl-Erik Nyman',
		systolic: 151,
		diastolic: 84,
		weight: 88.6,
		lateGain: 0,
		shares: ['bloodPressure', 'pulse']
	},
	{
		...marta,
		space: 'demo-p2',
		seriesDaysAgo: null,
		name: 'Fatima Yusuf',
		systolic: 128,
		diastolic: 74,
		weight: 81,
		lateGain: 0.4,
		shares: ['weight', 'selfRatedHealth']
	},
	{
		...marta,
		space: 'demo-p3',
		seriesDaysAgo: null,
		name: 'Bengt Öberg',
		systolic: 133,
		diastolic: 76,
		weight: 92.1,
		lateGain: 0,
		silentDays: 9
	},
	{
		...marta,
		space: 'demo-p4',
		seriesDaysAgo: null,
		name: 'Inga-Lill Persson',
		systolic: 124,
		diastolic: 71,
		weight: 64.7,
		lateGain: 0,
		isAccepted: false
	}
];

export const sara = { space: 'demo-sara' as Space, name: 'Sara Lindqvist', relation: 'dotter' };

export const anna = {
	space: 'demo-anna' as Space,
	unit: 'Hjärtsviktsmottagningen, Älven',
	contact: 'Anna Bergqvist',
	phone: '010-123 45 67',
	hours: 'måndagar och torsdagar'
};

export const demoSpaces: readonly Space[] = [anna.space, sara.space, ...demoPatients.map((patient) => patient.space)];

/** Whom the demo can be tried as. */
export const demoRoles = ['marta', 'sara', 'anna'] as const;
export type DemoRole = (typeof demoRoles)[number];

export const spaceOfRole: Readonly<Record<DemoRole, Space>> = {
	marta: marta.space,
	sara: sara.space,
	anna: anna.space
};
