/**
 * C2, C3, MR1–MR16, N2–N4, N7: a person and a care contact, their real stores and engines and the real relay, and between
 * them a relay that lies or a network that fails in turn. After every step: what was recorded stands there, and is sent or
 * waits. When the lies have ended both have everything, and nothing in what passed could be read.
 */
import 'fake-indexeddb/auto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LyingRelay, lies, type Lie } from '../../../tests/support/lying-relay';
import { Party, weight } from '../../../tests/support/parties';
import { startTestRelay, type TestRelay } from '../../../tests/support/relay-calls';
import { createSqlitePlace } from '../../../tests/support/relay-files';
import { systemRandom } from '$lib/crypto/random';
import { newId, type EntryId } from '$lib/protocol/ids';
import type { Entry } from '$lib/protocol/entries';

const isNightly = process.env['NIGHTLY'] === '1';
/** Worlds, and how many times in each the relay begins to lie: together the seeds of the test plan. */
const WORLDS = isNightly ? 500 : 2;
/** Each world is told every lie. */
const ROUNDS = { minLength: lies.length, maxLength: lies.length };
const PLANTED = 'Planterat-ord-4711';

type Command =
	| { readonly do: 'record' | 'amend' | 'sync' | 'restart'; readonly who: 0 | 1 }
	| { readonly do: 'newKey' }
	| { readonly do: 'wait' };

const who = fc.constantFrom(0 as const, 1 as const);
const command: fc.Arbitrary<Command> = fc.oneof(
	{ weight: 5, arbitrary: fc.record({ do: fc.constant('record' as const), who }) },
	{ weight: 6, arbitrary: fc.record({ do: fc.constant('sync' as const), who }) },
	{ weight: 1, arbitrary: fc.record({ do: fc.constant('amend' as const), who }) },
	{ weight: 1, arbitrary: fc.record({ do: fc.constant('restart' as const), who }) },
	{ weight: 1, arbitrary: fc.constant({ do: 'newKey' as const }) },
	{ weight: 1, arbitrary: fc.constant({ do: 'wait' as const }) }
);
/** Every kind of lie within a few worlds, each in company of commands of its own. */
const rounds = fc
	.tuple(fc.shuffledSubarray([...lies], ROUNDS), fc.array(fc.array(command, { minLength: 1, maxLength: 4 }), ROUNDS))
	.map(([told, commands]) => told.map((lie, n) => ({ lie, commands: commands[n] ?? [] })));

class World {
	readonly recorded: EntryId[] = [];
	readonly parties: Party[] = [];
	readonly relays: LyingRelay[] = [];
	/** What each had to show, at most: it never becomes less. */
	readonly shown: [number, number] = [0, 0];

	constructor(readonly relay: TestRelay) {}

	static async begin(relay: TestRelay, seed: number): Promise<World> {
		const world = new World(relay);
		for (const [n, type] of (['person', 'unit'] as const).entries()) {
			const party = await Party.open((request) => relay.handle(request, '192.0.2.1'), type);
			const lying = new LyingRelay(seed + n);
			party.between = lying.between;
			lying.onDelay = (ms) => world.pass(ms);
			await party.turnOn();
			world.parties.push(party);
			world.relays.push(lying);
		}
		for (const party of world.parties) expect(await party.sync()).toBe('ok');
		await world.person.shareWith(world.unit, [
			['weight', 'w'],
			['profile', 'r'],
			['log', 'w']
		]);
		await world.settle();
		return world;
	}

	get person(): Party {
		return this.parties[0] as Party;
	}

	get unit(): Party {
		return this.parties[1] as Party;
	}

	/** Time goes on for everybody. */
	pass(ms: number): void {
		this.relay.clock.pass(ms);
		for (const party of this.parties) party.clock += ms;
	}

	lie(lie: Lie | null): void {
		for (const each of this.relays) each.lie = lie;
	}

	async perform(command: Command): Promise<void> {
		if (command.do === 'wait') for (const party of this.parties) party.clock += 21 * 3_600_000;
		else if (command.do === 'newKey') await this.#newKey();
		else await this.#performFor(command.who, command.do);
		await this.#check();
	}

	async #performFor(who: 0 | 1, what: 'record' | 'amend' | 'sync' | 'restart'): Promise<void> {
		const party = this.parties[who] as Party;
		if (what === 'sync') await party.sync();
		else if (what === 'restart') {
			party.client = party.newClient();
			party.engine = party.newEngine();
		} else {
			const first = weight(60 + this.recorded.length / 10, PLANTED);
			const target = this.recorded.at(-1);
			const { kind: _, ...rest } = first;
			const entry: Entry =
				what === 'amend' && target ? { ...rest, kind: 'obs.amend', target, id: newId<EntryId>(systemRandom) } : first;
			await party.record('weight', [entry]);
			this.recorded.push(entry.id);
		}
	}

	/** Both write and sync while the relay lies. */
	async meet(): Promise<void> {
		for (const who of [0, 1] as const) {
			await this.perform({ do: 'record', who });
			this.parties[who]?.client.forgetHeads();
			await this.perform({ do: 'sync', who });
		}
	}

	/** Made on the person's device, which speaks to the relay as it is. */
	async #newKey(): Promise<void> {
		const { between } = this.person;
		this.person.between = (request, relay) => relay(request);
		this.person.client.forgetHeads();
		if ((await this.person.sync()) === 'ok') await this.person.renewKey('weight').catch(() => undefined);
		this.person.between = between;
	}

	/** C3: nothing that stood there has gone, and an own entry is there from the moment it is saved. */
	async #check(): Promise<void> {
		for (const [n, party] of this.parties.entries()) {
			const count = (await party.entries('weight')).length;
			expect(count).toBeGreaterThanOrEqual(this.shown[n as 0 | 1]);
			this.shown[n as 0 | 1] = count;
		}
	}

	/** The lies end. Passes until both have all of it: at most this many, or it has not been found. */
	async settle(): Promise<void> {
		this.lie(null);
		for (let pass = 0; pass < 8; pass += 1) {
			const results: string[] = [];
			for (const party of this.parties) {
				party.client.forgetHeads();
				results.push(await party.sync());
			}
			if (pass > 0 && results.every((result) => result === 'ok') && (await this.#isWhole())) return;
		}
		expect(await this.#isWhole()).toBe(true);
	}

	async #isWhole(): Promise<boolean> {
		const wanted = [...this.recorded].sort().join();
		for (const party of this.parties) {
			if ((await party.store.readCircles()).length === 0) return false;
			const waiting = await party.waiting();
			if (waiting > 0 || [...(await party.entries('weight').catch(() => []))].sort().join() !== wanted)
				return this.recorded.length === 0 && waiting === 0;
		}
		return true;
	}

	/** Nothing that passed can be read: neither the note's words nor any secret of either device. */
	async expectBlind(): Promise<void> {
		const secrets = (await Promise.all(this.parties.map((party) => party.device()))).flatMap(({ sign, box, root }) =>
			[sign, box, root].flatMap((secret) =>
				secret ? [secret, Buffer.from(secret, 'base64url').toString('latin1')] : []
			)
		);
		const passed = Buffer.concat(this.relays.flatMap((relay) => relay.seen)).toString('latin1');
		for (const secret of [PLANTED, ...secrets]) expect(passed.includes(secret)).toBe(false);
	}
}

test(
	'whatever the relay or the network does, nothing is lost, and all of it comes when the lies end',
	{ timeout: isNightly ? 7_200_000 : 240_000 },
	async () => {
		const told = new Map<Lie, number>();
		await fc.assert(
			fc.asyncProperty(rounds, fc.nat(1_000_000), async (played, seed) => {
				const place = createSqlitePlace();
				const relay = startTestRelay(await place.open());
				try {
					const world = await World.begin(relay, seed);
					for (const { lie, commands } of played) {
						// Records, logs and keys are asked for when there are new ones.
						if (/^MR[79]/.test(lie)) await world.perform({ do: 'newKey' });
						world.lie(lie);
						for (const each of commands) await world.perform(each);
						await world.meet();
						await world.settle();
					}
					await world.expectBlind();
					for (const each of world.relays)
						for (const [lie, count] of each.told) told.set(lie, (told.get(lie) ?? 0) + count);
				} finally {
					await relay.close();
					await place.remove();
				}
			}),
			{ numRuns: WORLDS, endOnFailure: true, ...(isNightly ? {} : { seed: 20_261_125 }) }
		);
		// The lies must have been told, or nothing was proved.
		const untold = lies.filter((lie) => !told.has(lie));
		expect(untold).toEqual([]);
	}
);
