/**
 * The protocols a series of home blood pressures can follow, each from its source (STANDARDS A1).
 *
 * Ours, where the sources are silent (STANDARDS A1 and gap 12): the hours of the sessions, and the same minimum for all:
 * 12 readings on 3 days left after dropping (D5).
 */
import type { HomeBpProtocol, HomeBpProtocolId } from './home-bp-protocol';

const morningAndEvening: HomeBpProtocol['sessions'] = [
	{ part: 'morning', fromMinutes: 300, untilMinutes: 660 },
	{ part: 'evening', fromMinutes: 1020, untilMinutes: 1440 }
];

/** ESH 2021, doi:10.1097/HJH.0000000000002922; Stergiou 2018 table 3, doi:10.1111/jch.13284: 7 days, 2 + 2, day 1 dropped. */
const esh: HomeBpProtocol = {
	id: 'esh-7d',
	version: 1,
	sourceKey: 'home_bp_source_esh_7d',
	days: 7,
	sessions: morningAndEvening,
	readingsPerSession: 2,
	dropFirstDays: 1,
	dropFirstOfSession: 0,
	minimum: { readings: 12, days: 3 },
	restSeconds: 300,
	pauseSeconds: 60
};

export const homeBpPresets: { readonly [Id in Exclude<HomeBpProtocolId, 'own'>]: HomeBpProtocol } = {
	'esh-7d': esh,
	/** Niiranen 2020, doi:10.1007/978-3-030-23065-4_6: no good evidence that day 1 must be dropped of seven. */
	'no-discard': { ...esh, id: 'no-discard', sourceKey: 'home_bp_source_no_discard', dropFirstDays: 0 },
	/** huvudstavard.se/hemblodtryckmatning: 3 + 3, at least 3 days and preferably 7, day 1 dropped. Three days are preliminary. */
	'se-vardcentral-3x': {
		...esh,
		id: 'se-vardcentral-3x',
		sourceKey: 'home_bp_source_se_vardcentral_3x',
		readingsPerSession: 3
	},
	/**
	 * Janusinfo, Evidens 4/2020: 3 + 3 for 3 to 7 days, the first of each session dropped. The source takes the mean of each
	 * pair and then of all; over whole pairs that is the mean of all readings, which is what we take.
	 */
	'se-janusinfo-2020': {
		...esh,
		id: 'se-janusinfo-2020',
		sourceKey: 'home_bp_source_se_janusinfo_2020',
		readingsPerSession: 3,
		dropFirstDays: 0,
		dropFirstOfSession: 1
	},
	/**
	 * Five days of 3 + 3, as Danish practice has it (laegehusetigislev.dk). That page drops nothing; we drop day 1, as
	 * huvudstavard.se does, since it lies 2.8/1.4 mmHg higher (phc.ox.ac.uk/publications/1266257).
	 */
	'se-5x3': { ...esh, id: 'se-5x3', sourceKey: 'home_bp_source_se_5x3', days: 5, readingsPerSession: 3 },
	/** JABFM table 1: at least 5 days of 3 + 3, the first 2 days and the first of each session dropped. */
	jabfm: {
		...esh,
		id: 'jabfm',
		sourceKey: 'home_bp_source_jabfm',
		days: 5,
		readingsPerSession: 3,
		dropFirstDays: 2,
		dropFirstOfSession: 1
	}
};
