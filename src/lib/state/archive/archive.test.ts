/** U4, H7: an archive comes back whole or not at all, and who wrote what in it stays as they signed it. */
import 'fake-indexeddb/auto';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { unzipSync } from 'fflate';
import { createSqlitePlace, type SqlitePlace } from '../../../../tests/support/relay-files';
import { startTestRelay, type TestRelay } from '../../../../tests/support/relay-calls';
import { kilosOf, Someone, weightDraft } from '../../../../tests/support/sessions';
import { openSharedCircle, type SharedCircle } from '../../../../tests/support/shared-circle';
import { openAgeFile, sealAgeFile, type AgeKey, type AgeLock } from '$lib/crypto/age-file';
import { createBoxKey } from '$lib/crypto/boxes';
import { utf8, utf8ToString } from '$lib/crypto/bytes';
import { systemRandom } from '$lib/crypto/random';
import { must } from '$lib/domain/assert';
import { packFiles, unpackFiles } from '$lib/exchange/archive/container';
import { parseArchive } from '$lib/exchange/archive/format';
import type { AgeWork } from '$lib/exchange/backup/file';
import { CirclePlan } from '../circle-plan.svelte';
import { makeArchive } from './making';
import { attachArchive, planAttaching, readArchive, type VerifiedArchive } from './reading';

const work: AgeWork = { seal: sealAgeFile, open: openAgeFile };
const box = createBoxKey(systemRandom);
const toCode: AgeLock = { kind: 'recipient', pub: box.pub };
const withCode: AgeKey = { kind: 'secret', secret: box.secret };
const quiet = { signal: new AbortController().signal, onProgress: () => undefined };

let place: SqlitePlace;
let relay: TestRelay;
let elsewhere: TestRelay;
let otherPlace: SqlitePlace;
let world: SharedCircle;
let file: Uint8Array;
let spaces = 0;
const opened: Someone[] = [];

beforeAll(async () => {
	[place, otherPlace] = [createSqlitePlace(), createSqlitePlace()];
	relay = startTestRelay(await place.open());
	elsewhere = startTestRelay(await otherPlace.open());
	world = await openSharedCircle(relay);
	file = await archiveOf(world.marta);
}, 60_000);

afterAll(async () => {
	for (const each of [world.marta, world.sara, world.anna, ...opened]) await each.session.erase();
	for (const each of [relay, elsewhere]) await each.close();
	for (const each of [place, otherPlace]) await each.remove();
});

async function archiveOf(who: Someone): Promise<Uint8Array> {
	const made = await makeArchive(who.session, work, toCode, (entries) => new Map([['entries.ndjson', entries]]));
	if (!made.ok) throw new Error(made.error.type);
	return made.value.file;
}

/** A fresh app of another instance: its own relay, its own database. */
async function freshApp(): Promise<Someone> {
	const someone = await Someone.open(`demo-elsewhere-${(spaces += 1)}`, elsewhere);
	opened.push(someone);
	return someone;
}

async function read(who: Someone, bytes = file, key = withCode): Promise<VerifiedArchive> {
	const archive = await readArchive(who.session, work, key, bytes, quiet);
	if (!archive.ok) throw new Error(archive.error.type);
	return archive.value;
}

const verdict = async (who: Someone, bytes: Uint8Array, key = withCode): Promise<string> => {
	const archive = await readArchive(who.session, work, key, bytes, quiet);
	return archive.ok ? 'read' : archive.error.type;
};

async function attached(): Promise<Someone> {
	const someone = await freshApp();
	const done = await attachArchive(someone.session, await read(someone), quiet);
	if (!done.ok) throw new Error(done.error.type);
	return someone;
}

/** The archive with one of its files exchanged, under the age key all the same. */
async function exchanged(change: (files: Map<string, Uint8Array>) => void): Promise<Uint8Array> {
	const zip = await openAgeFile(withCode, file);
	const files = zip.ok ? unpackFiles(zip.value) : zip;
	if (!files.ok) throw new Error(files.error.type);
	const copy = new Map(files.value);
	change(copy);
	return sealAgeFile(toCode, packFiles(copy, 1_795_334_400_000));
}

describe('what an archive carries', () => {
	test('is recognised before anything is read in: whose, how much, and who else wrote', async () => {
		const archive = await read(await freshApp());
		expect(archive.found).toEqual({
			name: 'Märta',
			readings: 3,
			versions: 1,
			receipts: 1,
			writers: ['Sara Lindqvist', 'Anna Bergqvist'],
			newer: 0
		});
	});

	test('in another instance everything stands as before: readings with their authors, corrections, voids', async () => {
		const before = await world.of(world.marta);
		const there = await attached();
		const now = await there.circle();
		expect(kilosOf(now.observations('weight')).sort()).toEqual([71, 72.5, 73]);
		expect(
			now.observations('weight').map(({ id, by, version, earlier, note }) => ({ id, by, version, earlier, note }))
		).toEqual(
			before.observations('weight').map(({ id, by, version, earlier, note }) => ({ id, by, version, earlier, note }))
		);
		expect(now.removed('weight').map(({ id, reason }) => [id, reason])).toEqual(
			before.removed('weight').map(({ id, reason }) => [id, reason])
		);
		const hers = must(
			now.observations('weight').find(({ values }) => values.weight === 73),
			'her reading'
		);
		expect([now.nameOf(hers.by), now.observationsHere('weight')]).toEqual(['Sara Lindqvist', []]);
		expect(
			now.nameOf(
				must(
					now.observations('weight').find(({ values }) => values.weight === 71),
					'own'
				).by
			)
		).toBeNull();
	});

	test('the plan that was in force is, by the same people’s word; the marks and their names stand', async () => {
		const before = new CirclePlan(await world.of(world.marta));
		const there = await attached();
		const circle = await there.circle();
		const plan = new CirclePlan(circle);
		expect(plan.current?.ref).toBe(must(before.current, 'a plan').ref);
		expect(plan.state.history).toEqual(before.state.history);
		const [proposed, accepted] = plan.state.history;
		expect([circle.isOwn(proposed?.author ?? ''), circle.nameOf(accepted?.author)]).toEqual([true, 'Anna Bergqvist']);
		const receipts = must(circle.earlier, 'earlier history').parts.flatMap((part) => part.receipts);
		expect(receipts.map(({ name, outcome }) => [name, outcome])).toEqual([['Anna Bergqvist', 'seen']]);
		expect(circle.receipts).toEqual([]);
	});

	test('the person goes on from it: corrects an old value, records a new one, makes a new plan version', async () => {
		const there = await attached();
		const circle = await there.circle();
		await there.weighs(80, circle);
		const old = must(
			circle.observations('weight').find(({ values }) => values.weight === 71),
			'a reading'
		);
		expect(circle.canChange(old)).toBe(true);
		expect(await circle.amend(old, weightDraft(70.5))).toEqual({ ok: true, value: undefined });
		expect(kilosOf(circle.observations('weight')).sort()).toEqual([70.5, 72.5, 73, 80]);
		const plan = new CirclePlan(circle);
		const current = must(plan.current, 'a plan');
		expect((await plan.propose(current.plan, current.ref, null)).ok).toBe(true);
		expect([plan.state.inForce.length, plan.numberOf(must(plan.current, 'a plan'))]).toEqual([1, 2]);
		const again = await there.circle();
		expect(kilosOf(again.observations('weight')).sort()).toEqual([70.5, 72.5, 73, 80]);
		expect(kilosOf(again.observationsHere('weight'))).toEqual([80]);
	});

	test('an archive of the new circle carries the old one too, signed as it was', async () => {
		const there = await attached();
		await there.weighs(80, await there.circle());
		const next = await freshApp();
		const archive = await read(next, await archiveOf(there));
		expect([archive.circles.length, archive.found.readings]).toEqual([2, 4]);
		expect((await attachArchive(next.session, archive, quiet)).ok).toBe(true);
		const circle = await next.circle();
		expect(kilosOf(circle.observations('weight')).sort()).toEqual([71, 72.5, 73, 80]);
		expect(new CirclePlan(circle).current).not.toBeNull();
	});
});

test('Q1: a device that is full hands the archive over all the same', async () => {
	const { store } = world.marta.session;
	vi.spyOn(store, 'updateCare').mockResolvedValue({ ok: false, error: { type: 'storage-full' } });
	expect((await read(await freshApp(), await archiveOf(world.marta))).found.readings).toBe(3);
});

describe('reading in', () => {
	test('twice is once, and into the circle itself nothing', async () => {
		const there = await attached();
		expect(await planAttaching(there.session, await read(there), true)).toEqual({ type: 'already' });
		expect((await attachArchive(there.session, await read(there), quiet)).ok).toBe(true);
		expect((await there.circle()).observations('weight')).toHaveLength(3);
		expect(await planAttaching(world.marta.session, await read(world.marta), true)).toEqual({ type: 'already' });
	});

	test('a later archive of the same circle adds what came since; an earlier one then adds nothing', async () => {
		const there = await attached();
		const own = await world.of(world.marta);
		await world.marta.weighs(74, own);
		const later = await archiveOf(world.marta);
		expect(await planAttaching(there.session, await read(there, later), true)).toMatchObject({ type: 'new', added: 1 });
		await attachArchive(there.session, await read(there, later), quiet);
		expect(kilosOf((await there.circle()).observations('weight')).sort()).toEqual([71, 72.5, 73, 74]);
		expect(await planAttaching(there.session, await read(there), true)).toEqual({ type: 'already' });
	});

	test('stopped before its end it shows nowhere, and can be taken again', async () => {
		const there = await freshApp();
		const stop = new AbortController();
		const archive = await read(there);
		const onProgress = (done: number) => done > 1 && stop.abort();
		expect(await attachArchive(there.session, archive, { signal: stop.signal, onProgress })).toMatchObject({
			ok: false
		});
		expect(await there.session.store.earlier.hasAny()).toBe(false);
		expect((await there.circle()).observations('weight')).toEqual([]);
		expect((await attachArchive(there.session, archive, quiet)).ok).toBe(true);
		expect((await there.circle()).observations('weight')).toHaveLength(3);
	});

	test('U4: cut at each 1 % of its bytes, or one bit changed at each: never read, and nothing is changed', async () => {
		const there = await freshApp();
		for (let percent = 0; percent < 100; percent += 1) {
			const at = Math.floor((file.length * percent) / 100);
			expect(await verdict(there, file.subarray(0, at))).not.toBe('read');
			const flipped = file.slice();
			flipped[at] = (flipped[at] ?? 0) ^ (1 << (percent % 8));
			expect(await verdict(there, flipped)).not.toBe('read');
		}
		expect(await verdict(there, file, { kind: 'secret', secret: createBoxKey(systemRandom).secret })).toBe('wrong-key');
		expect(await there.session.device()).toBeNull();
	});

	test('who opens the envelope can change nothing inside: a file exchanged, added or left out refuses all', async () => {
		const there = await freshApp();
		expect(await verdict(there, await exchanged(() => undefined))).toBe('read');
		const changes: ((files: Map<string, Uint8Array>) => void)[] = [
			(files) => files.set('entries.ndjson', utf8('{}\n')),
			(files) => files.set('extra.bin', new Uint8Array()),
			(files) => files.delete('entries.ndjson'),
			(files) => files.delete([...files.keys()].find((path) => path.includes('/books/')) ?? '')
		];
		for (const change of changes) expect(await verdict(there, await exchanged(change))).toBe('damaged');
		expect(await verdict(there, await exchanged((files) => files.delete('archive.hlr')))).toBe('not-archive');
		expect(await verdict(there, await sealAgeFile(toCode, utf8('hej')))).toBe('not-archive');
		expect(await verdict(there, systemRandom(500))).toBe('not-age');
	});

	test('a newer version is said to be one; real data never reads invented data in', async () => {
		const newer = await exchanged((files) => {
			const record = must(files.get('archive.hlr'), 'the contents');
			const text = must(utf8ToString(record.subarray(8, record.length - 64)), 'JSON');
			const json = utf8(text.replace('"v":1', '"v":2'));
			files.set('archive.hlr', new Uint8Array([...record.subarray(0, 8), ...json, ...record.subarray(-64)]));
		});
		expect(await verdict(await freshApp(), newer)).toBe('newer-version');
		const real = await Someone.open('real', elsewhere);
		opened.push(real);
		expect(await verdict(real, file)).toBe('other-space');
	});
});

test('the inside opens with ordinary tools: a zip with every entry as a line of JSON', async () => {
	const zip = await openAgeFile(withCode, file);
	const files = unzipSync(zip.ok ? zip.value : new Uint8Array());
	const lines = must(utf8ToString(files['entries.ndjson'] ?? new Uint8Array()), 'text')
		.trimEnd()
		.split('\n');
	const entries = lines.map((line) => JSON.parse(line) as { book: string; name?: string; entry: { kind: string } });
	expect(entries.filter(({ entry }) => entry.kind === 'receipt').map(({ name }) => name)).toEqual(['Anna Bergqvist']);
	expect(parseArchive(zip.ok ? zip.value : new Uint8Array()).ok).toBe(true);
});
