/** People with the app's own session each, over a relay in this process: what the screens do, without screens. */
import { systemRandom } from '$lib/crypto/random';
import { createRecoveryCode } from '$lib/crypto/recovery-code';
import { must } from '$lib/domain/assert';
import type { Observation, ObservationDraft } from '$lib/domain/observation';
import type { CircleId } from '$lib/protocol/ids';
import { localStorageMarkers } from '$lib/storage/markers';
import { CircleState } from '$lib/state/circle-state.svelte';
import { Session } from '$lib/state/session';
import { setRecoveryCode } from '$lib/state/sharing';
import type { Space } from '$lib/storage/database';
import { ORIGIN, type TestRelay } from './relay-calls';
import { START } from './relay-world';

export class Someone {
	/** Whether calls reach the relay. */
	isOnline = true;
	now = START;

	private constructor(
		readonly space: Space,
		private readonly relay: TestRelay
	) {}

	session!: Session;

	static async open(space: Space, relay: TestRelay): Promise<Someone> {
		const someone = new Someone(space, relay);
		const nothing = () => undefined;
		const opened = await Session.open(
			space,
			{
				random: systemRandom,
				now: () => someone.now,
				fetch: (url, init) =>
					someone.isOnline
						? someone.relay.handle(new Request(url, init), '192.0.2.1')
						: Promise.reject(new TypeError('no network')),
				origin: ORIGIN,
				markers: localStorageMarkers(null),
				persist: () => Promise.resolve(false)
			},
			{ onChange: nothing, onDevice: nothing, onStatus: nothing, onErased: nothing, onLock: nothing }
		);
		if (!opened.ok) throw new Error(opened.error.type);
		someone.session = opened.value;
		return someone;
	}

	/** A circle of one's own, at the relay. */
	async begin(): Promise<CircleState> {
		const on = await setRecoveryCode(this.session, createRecoveryCode(systemRandom));
		if (!on.ok) throw new Error(on.error.type);
		await this.sync();
		return this.circle();
	}

	async sync(): Promise<string> {
		const result = await this.session.sync();
		return result.ok ? 'ok' : result.error.type === 'refused' ? result.error.code : result.error.type;
	}

	/** The circle as it is now on this device: one's own, or the one named. */
	async circle(id?: CircleId): Promise<CircleState> {
		const own = (await this.session.store.readCircles()).find((row) => row.standing === 'mine')?.circle;
		const circle = new CircleState(this.session, must(id ?? own, 'a circle'));
		await circle.load();
		return circle;
	}

	async weighs(kilos: number, circle: CircleState): Promise<string> {
		const saved = await circle.record(weightDraft(kilos, this.now));
		if (!saved.ok) throw new Error(saved.error.type);
		return saved.value;
	}
}

export const weightDraft = (kilos: number, utc = START): ObservationDraft => ({
	measure: 'weight',
	values: { weight: kilos },
	effective: { utc, offset: 60, zone: 'Europe/Stockholm' },
	source: { kind: 'manual' }
});

export const kilosOf = (readings: readonly Observation[]): (number | undefined)[] =>
	readings.map(({ values }) => values.weight);
