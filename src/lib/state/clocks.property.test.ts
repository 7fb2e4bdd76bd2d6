/**
 * C4: three people whose clocks are wrong, each in another way, by up to ten years either way, and jump: nobody is refused a
 * recording, what comes later is what somebody wrote having seen the earlier, and all of them end with the same.
 */
import 'fake-indexeddb/auto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { startTestRelay } from '../../../tests/support/relay-calls';
import { createSqlitePlace } from '../../../tests/support/relay-files';
import { type Someone, weightDraft } from '../../../tests/support/sessions';
import { openSharedCircle, type SharedCircle } from '../../../tests/support/shared-circle';
import { START } from '../../../tests/support/relay-world';
import { DAY_MS } from '$lib/domain/time';
import type { Observation } from '$lib/domain/observation';
import type { CircleState } from './circle-state.svelte';

const isNightly = process.env['NIGHTLY'] === '1';
const WORLDS = isNightly ? 300 : 2;
const TEN_YEARS_MS = Math.round(10 * 365.25 * DAY_MS);

interface Command {
	readonly do: 'record' | 'amend' | 'takeBack' | 'jump' | 'sync' | 'wait';
	readonly who: 0 | 1 | 2;
	/** How wrong the clock is after a jump. */
	readonly skewMs: number;
}

const skewMs = fc.oneof(
	fc.integer({ min: -TEN_YEARS_MS, max: TEN_YEARS_MS }),
	fc.constantFrom(-TEN_YEARS_MS, TEN_YEARS_MS, -3_600_000, 3_600_000, 0)
);
const command: fc.Arbitrary<Command> = fc.record({
	do: fc.constantFrom('record', 'record', 'amend', 'takeBack', 'jump', 'jump', 'sync', 'sync', 'wait'),
	who: fc.constantFrom(0, 1, 2),
	skewMs
});

class World {
	readonly #people: readonly Someone[];
	/** How wrong each one's clock is now. */
	readonly #skews = [0, 0, 0];
	#truth = START;
	/** Readings that must be somewhere, shown or taken back. */
	readonly recorded: string[];
	#kilos = 100;

	constructor(
		readonly circle: SharedCircle,
		private readonly pass: (ms: number) => void,
		before: readonly string[]
	) {
		this.#people = [circle.marta, circle.sara, circle.anna];
		this.recorded = [...before];
	}

	someone(who: number): Someone {
		return this.#people[who] as Someone;
	}

	of(who: number): Promise<CircleState> {
		return this.circle.of(this.someone(who));
	}

	jump(who: number, skewMs: number): void {
		this.#skews[who] = skewMs;
		this.someone(who).now = this.#truth + skewMs;
	}

	async perform({ do: what, who, skewMs }: Command): Promise<void> {
		if (what === 'jump') return this.jump(who, skewMs);
		if (what === 'wait') return this.#wait(13 * 3_600_000);
		if (what === 'sync') return void (await this.someone(who).sync());
		const circle = await this.of(who);
		// The unit writes its marks; its weights are the others'.
		if (!circle.canWrite('weight'))
			return expect(await circle.mark('seen', 'Anna')).toEqual({ ok: true, value: undefined });
		const own = circle.observations('weight').filter((reading) => circle.canChange(reading));
		const target = own[(this.#kilos * 7) % (own.length || 1)];
		if (what === 'record' || !target) this.recorded.push(await this.someone(who).weighs((this.#kilos += 1), circle));
		else if (what === 'amend') expect((await this.#amend(who, circle, target)).ok).toBe(true);
		else expect((await circle.voidObservation(target.id, 'mistake')).ok).toBe(true);
	}

	#amend(who: number, circle: CircleState, target: Observation) {
		return circle.amend(target, weightDraft((this.#kilos += 1), this.someone(who).now));
	}

	/** Time passes for everybody, and each clock stays as wrong as it was. */
	#wait(ms: number): void {
		this.#truth += ms;
		this.pass(ms);
		for (const [who, skewMs] of this.#skews.entries()) this.jump(who, skewMs);
	}

	async settle(): Promise<void> {
		for (let pass = 0; pass < 4; pass += 1) for (const someone of this.#people) expect(await someone.sync()).toBe('ok');
	}

	/** What somebody is shown, and what was taken out of view. */
	async shown(who: number): Promise<readonly (readonly [string, string | undefined, number | undefined])[]> {
		const circle = await this.of(who);
		const shown = circle.observations('weight').map(({ id, version, values }) => [id, version, values.weight] as const);
		const removed = circle.removed('weight').map(({ id, reason }) => [id, reason, undefined] as const);
		return [...shown, ...removed];
	}

	/** One amends what another has just amended and they have seen: the later word holds, whatever the clocks say. */
	async expectLaterHolds(): Promise<void> {
		const id = await this.someone(1).weighs(200, await this.of(1));
		this.recorded.push(id);
		await this.settle();
		for (const [who, skewMs] of [
			[1, TEN_YEARS_MS],
			[0, -TEN_YEARS_MS]
		] as const) {
			this.jump(who, skewMs);
			const circle = await this.of(who);
			const seen = circle.observations('weight').find((reading) => reading.id === id);
			expect(seen && (await this.#amend(who, circle, seen)).ok).toBe(true);
			await this.settle();
		}
		for (const who of [0, 1, 2]) {
			const reading = (await this.of(who)).observations('weight').find((each) => each.id === id);
			expect([reading?.values.weight, reading?.rivals ?? []]).toEqual([this.#kilos, []]);
		}
	}
}

test(
	'whatever three clocks say, nobody is refused a recording, the later word holds, and all end with the same',
	{ timeout: isNightly ? 7_200_000 : 120_000 },
	async () => {
		await fc.assert(
			fc.asyncProperty(
				fc.tuple(skewMs, skewMs, skewMs),
				fc.array(command, { minLength: 12, maxLength: 24 }),
				async (skews, commands) => {
					const place = createSqlitePlace();
					const relay = startTestRelay(await place.open());
					const circle = await openSharedCircle(relay);
					try {
						const before = await circle.of(circle.marta);
						const known = [...before.observations('weight'), ...before.removed('weight')].map(({ id }) => id);
						const world = new World(circle, (ms) => relay.clock.pass(ms), known);
						for (const [who, skewMs] of skews.entries()) world.jump(who, skewMs);
						for (const each of commands) await world.perform(each);
						await world.settle();
						await world.expectLaterHolds();
						const [first, ...others] = await Promise.all([0, 1, 2].map((who) => world.shown(who)));
						for (const other of others) expect(other).toEqual(first);
						expect(first?.map(([id]) => id).sort()).toEqual([...world.recorded].sort());
					} finally {
						for (const each of [circle.marta, circle.sara, circle.anna]) await each.session.erase();
						await relay.close();
						await place.remove();
					}
				}
			),
			{ numRuns: WORLDS, endOnFailure: true, ...(isNightly ? {} : { seed: 20_261_126 }) }
		);
	}
);
