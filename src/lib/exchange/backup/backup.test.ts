/** L4, H6: a backup file comes back whole or not at all, and what is in it is added once. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { openAgeFile, readAgeHeader, sealAgeFile, type AgeKey, type AgeLock } from '$lib/crypto/age-file';
import { createBoxKey } from '$lib/crypto/boxes';
import { concat, toBase64url, utf8 } from '$lib/crypto/bytes';
import { systemRandom } from '$lib/crypto/random';
import type { Entry } from '$lib/protocol/entries';
import { newId, type CircleId, type EntryId, type IdentityId } from '$lib/protocol/ids';
import { makeBackupFile, readBackupFile, type AgeWork } from './file';
import { encodeBackup, parseBackup, type Backup, type BackupHeader, type BackupLine } from './format';
import { mergeBackup, type Present } from './merge';

const work: AgeWork = { seal: sealAgeFile, open: openAgeFile };
const box = createBoxKey(systemRandom);
const toCode: AgeLock = { kind: 'recipient', pub: box.pub };
const withCode: AgeKey = { kind: 'secret', secret: box.secret };

const weight = (kilos: number): Entry & { kind: 'obs.add' } => ({
	kind: 'obs.add',
	v: 1,
	id: newId<EntryId>(systemRandom),
	measure: 'weight',
	values: { weight: kilos },
	units: { weight: 'kg' },
	effective: { utc: 1_795_334_400_000, offset: 60, zone: 'Europe/Stockholm' },
	source: { kind: 'manual' },
	note: 'åäö "citat"\n ny rad'
});
const line = (entry: Entry = weight(71), more: Partial<BackupLine> = {}): BackupLine => ({
	book: 'weight',
	own: true,
	entry,
	...more
});
const header: BackupHeader = {
	format: 'hemlinje-backup',
	v: 1,
	madeAt: 1_795_334_400_000,
	circle: newId<CircleId>(systemRandom),
	identity: toBase64url(systemRandom(32)) as IdentityId,
	unknown: 0
};
const lines = [line(), line(weight(72)), line(weight(73))];
const nothing: Present = { circle: null, identity: null, entries: new Set(), hasValues: false };

/** What reading came to. */
async function verdict(file: Uint8Array, key: AgeKey = withCode): Promise<string> {
	const read = await readBackupFile(work, key, file);
	return read.ok ? 'read' : read.error.type;
}

/** A text as a backup would be, sealed to the code. */
const sealed = async (text: string) => verdict(await sealAgeFile(toCode, utf8(text)));
const text = async () => new TextDecoder().decode(await encodeBackup(header, lines));

describe('the file', () => {
	test('holds the values of a long life: more lines than a call takes arguments', async () => {
		const many = Array.from({ length: 150_000 }, () => lines[0] ?? line());
		const bytes = await encodeBackup(header, many);
		expect(new TextDecoder().decode(bytes.slice(-16))).toContain('{"end":150000}');
	});

	test('to the recovery code and back: header, entries and order', async () => {
		const file = await makeBackupFile(work, toCode, header, lines);
		const read = await readBackupFile(work, withCode, file);
		expect(read).toEqual({ ok: true, value: { header, lines, newer: 0 } });
		expect(await verdict(file, { kind: 'secret', secret: createBoxKey(systemRandom).secret })).toBe('wrong-key');
	});

	test(
		'to a passphrase and back, however its letters are composed; a wrong one is told',
		{ timeout: 60_000 },
		async () => {
			const file = await makeBackupFile(work, { kind: 'passphrase', passphrase: 'tre gula båtar' }, header, lines);
			expect(readAgeHeader(file)).toEqual({ ok: true, value: 'passphrase' });
			expect(new TextDecoder('latin1').decode(file.subarray(0, 200))).toMatch(
				/^age-encryption\.org\/v1\n-> scrypt [A-Za-z0-9+/]{22} 17\n[A-Za-z0-9+/]{43}\n--- /
			);
			expect(await verdict(file, { kind: 'passphrase', passphrase: 'tre gula ba\u030atar' })).toBe('read');
			expect(await verdict(file, { kind: 'passphrase', passphrase: 'fyra gula båtar' })).toBe('wrong-key');
		}
	);

	test('cut off anywhere, or one bit changed anywhere: never read', { timeout: 60_000 }, async () => {
		const file = await makeBackupFile(work, toCode, header, [line()]);
		for (let length = 0; length < file.length; length += 1)
			expect(await verdict(file.subarray(0, length))).not.toBe('read');
		await fc.assert(
			fc.asyncProperty(fc.nat(file.length - 1), fc.nat(7), async (at, bit) => {
				const changed = file.slice();
				changed[at] = (changed[at] ?? 0) ^ (1 << bit);
				expect(await verdict(changed)).not.toBe('read');
			})
		);
		expect(await verdict(file.subarray(0, file.length - 1))).toBe('damaged');
	});

	test('H6: a header that asks for too much is refused before any key is derived', async () => {
		const scrypt = (logN: number) =>
			utf8(`age-encryption.org/v1\n-> scrypt ${'A'.repeat(22)} ${logN}\n${'A'.repeat(43)}\n--- ${'A'.repeat(43)}\n`);
		const key: AgeKey = { kind: 'passphrase', passphrase: 'tre gula båtar' };
		const derived = { ...work, open: () => Promise.reject(new Error('a key was derived')) };
		for (const logN of [18, 19, 20, 21, 99]) {
			const read = await readBackupFile(derived, key, scrypt(logN));
			expect(read).toEqual({ ok: false, error: { type: 'too-costly' } });
		}
		const many = `age-encryption.org/v1\n${`-> X25519 ${'A'.repeat(43)}\n${'A'.repeat(43)}\n`.repeat(1000)}--- x\n`;
		expect(readAgeHeader(utf8(many))).toEqual({ ok: false, error: { type: 'too-costly' } });
		expect(readAgeHeader(concat(scrypt(17), new Uint8Array(16)))).toEqual({ ok: true, value: 'passphrase' });
	});

	test('a picture, an empty file, a file of another kind', async () => {
		expect(await verdict(new Uint8Array())).toBe('not-age');
		expect(await verdict(systemRandom(2000))).toBe('not-age');
		expect(await sealed('{"hej":1}\n')).toBe('not-backup');
		expect(await sealed('')).toBe('not-backup');
	});
});

describe('its contents', () => {
	test('a newer version is said to be one, and a line that is not whole refuses all of it', async () => {
		const good = await text();
		expect(await sealed(good)).toBe('read');
		expect(await sealed(good.replace('"v":1,"madeAt"', '"v":2,"madeAt"'))).toBe('newer-version');
		expect(await sealed(good.replace('"values":{"weight":72}', '"values":{"weight":"72"}'))).toBe('damaged');
		expect(await sealed(good.split('\n').slice(0, -2).join('\n'))).toBe('damaged');
		expect(await sealed(good.split('\n').toSpliced(2, 1).join('\n'))).toBe('damaged');
		expect(await sealed(good.replace('"book":"weight"', '"book":"nothing"'))).toBe('damaged');
	});

	test('an entry of a newer app is counted and holds up nothing else', async () => {
		const newer = (await text())
			.replace('"kind":"obs.add","v":1', '"kind":"obs.add","v":2')
			.split('\n')
			.toSpliced(2, 1, '{"book":"weight","own":true,"entry":{"kind":"dream.add","v":1}}')
			.join('\n');
		const read = await parseBackup(utf8(newer));
		expect(read.ok && [read.value.newer, read.value.lines.length]).toEqual([2, 1]);
	});

	test('any bytes at all are read without a throw', async () => {
		await fc.assert(
			fc.asyncProperty(fc.uint8Array({ maxLength: 400 }), async (bytes) => {
				expect((await parseBackup(bytes)).ok).toBe(false);
			})
		);
	});
});

describe('merging', () => {
	const backup = (some: readonly BackupLine[]): Backup => ({ header, lines: some, newer: 0 });
	const idsOf = (merge: ReturnType<typeof mergeBackup>) =>
		merge.add.flatMap(({ entries }) => entries.map((entry) => entry.id));

	test('into an empty app everything, and the same file again nothing', () => {
		const first = mergeBackup(backup(lines), nothing);
		expect(idsOf(first)).toEqual(lines.map(({ entry }) => entry.id));
		const second = mergeBackup(backup(lines), { ...nothing, entries: new Set(idsOf(first)), hasValues: true });
		expect([second.add, second.already]).toEqual([[], 3]);
	});

	test('interrupted anywhere and done again, or files read in any order: each entry is added once', () => {
		const all = Array.from({ length: 12 }, (_, n) => line(weight(n + 1)));
		fc.assert(
			fc.property(fc.array(fc.shuffledSubarray(all, { minLength: 0 }), { maxLength: 6 }), fc.nat(12), (files, cut) => {
				const there: string[] = [];
				for (const file of files) {
					const added = idsOf(mergeBackup(backup(file), { ...nothing, entries: new Set(there) }));
					there.push(...added.slice(0, cut));
					const rest = idsOf(mergeBackup(backup(file), { ...nothing, entries: new Set(there) }));
					there.push(...rest);
				}
				expect([...there].sort()).toEqual([...new Set(files.flat().map(({ entry }) => entry.id as string))].sort());
			})
		);
	});

	test('an id that stands twice in a file is added once', () => {
		const [one] = lines;
		const twice = mergeBackup(backup(one ? [one, one] : []), nothing);
		expect([idsOf(twice).length, twice.already]).toEqual([1, 1]);
	});

	test('another circle’s file is said to be one where there are values, and not where there are none', () => {
		const other = newId<CircleId>(systemRandom);
		const into = (present: Partial<Present>) => mergeBackup(backup(lines), { ...nothing, ...present }).isOtherCircle;
		expect([into({ circle: other, hasValues: true }), into({ circle: other }), into({})]).toEqual([true, false, false]);
		expect(into({ circle: header.circle, hasValues: true })).toBe(false);
	});

	test('nobody’s mark is forged: receipts, others’ plans and facts in the wrong book are left out', () => {
		const receipt: Entry = { kind: 'receipt', v: 1, id: newId<EntryId>(systemRandom), outcome: 'seen', at: 1 };
		const merged = mergeBackup(
			backup([
				line(receipt, { book: 'log', own: false }),
				line(receipt),
				line(weight(70), { book: 'pulse' }),
				...lines
			]),
			nothing
		);
		expect([merged.leftOut, merged.readings]).toEqual([3, 3]);
	});
});
