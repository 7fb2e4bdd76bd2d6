/** **Eget upplägg** as it is being chosen: only choices that make a protocol can be made. */
import { createOwnProtocol, type HomeBpProtocol } from '$lib/domain/home-bp-protocol';
import { homeBpPresets } from '$lib/domain/home-bp-presets';
import { must } from '$lib/domain/assert';

export const dayChoices = [3, 4, 5, 7, 10, 14] as const;
export const readingChoices = [1, 2, 3] as const;
export type SessionChoice = 'both' | 'morning' | 'evening';

/** What is asked of a valid mean where so much is measured: as the presets have it (STANDARDS A1, D5). */
const MINIMUM = homeBpPresets['esh-7d'].minimum;

export class OwnProtocol {
	days: number = $state(7);
	readings: number = $state(2);
	sessions: SessionChoice = $state('both');
	dropsFirstDay = $state(true);
	dropsFirstReading = $state(false);

	/** Only where a reading is left after it. */
	get mayDropFirstReading(): boolean {
		return this.readings > 1;
	}

	/** The protocol as chosen. Its minimum is that of the presets, or everything that is kept where less is measured. */
	get protocol(): HomeBpProtocol {
		const { restSeconds, pauseSeconds, sessions } = homeBpPresets['esh-7d'];
		const kept = sessions.filter(({ part }) => this.sessions === 'both' || part === this.sessions);
		const dropFirstDays = this.dropsFirstDay ? 1 : 0;
		const dropFirstOfSession = this.dropsFirstReading && this.mayDropFirstReading ? 1 : 0;
		const keptDays = this.days - dropFirstDays;
		const keptReadings = keptDays * kept.length * (this.readings - dropFirstOfSession);
		const created = createOwnProtocol({
			days: this.days,
			sessions: kept,
			readingsPerSession: this.readings,
			dropFirstDays,
			dropFirstOfSession,
			minimum: { readings: Math.min(MINIMUM.readings, keptReadings), days: Math.min(MINIMUM.days, keptDays) },
			restSeconds,
			pauseSeconds
		});
		return must(created.ok ? created.value : undefined, 'Every choice offered makes a protocol');
	}
}
