/** K1: what the built app, minified as people run it, seals and signs is what Node's own cryptography opens and verifies. */

import { readFile } from 'node:fs/promises';
import type { Page } from '@playwright/test';
import { expect, test } from '../support/app';
import {
	hChaCha20,
	hkdf,
	isSigned,
	openAgeFile,
	openXChaCha,
	publicKeyOf,
	rawPublicKey,
	sha256
} from '../support/plain-crypto';
import { logPressure } from './support/steps';

test.use({ ownApp: false, withWorker: false });

const PASSPHRASE = 'tre gula båtar i hamn';
const SIGNATURE_LENGTH = 64;

/** In the page: the rows of a table, their bytes as base64. */
function rowsOf(table: string): Promise<Record<string, string>[]> {
	return new Promise((resolve, reject) => {
		const opening = indexedDB.open('hemlinje-real');
		opening.onerror = () => reject(opening.error ?? new Error('The database does not open'));
		opening.onsuccess = () => {
			const all = opening.result.transaction(table).objectStore(table).getAll();
			all.onsuccess = () => {
				opening.result.close();
				const rows = all.result as Record<string, unknown>[];
				resolve(
					rows.map((row) =>
						Object.fromEntries(
							Object.entries(row).map(([name, value]) => [
								name,
								value instanceof Uint8Array ? btoa(String.fromCharCode(...value)) : String(value)
							])
						)
					)
				);
			};
		};
	});
}

const bytesOf = (row: Record<string, string> | undefined): Buffer => Buffer.from(row?.['bytes'] ?? '', 'base64');

async function keyring(page: Page): Promise<<T>(id: string) => T> {
	const rows = await page.evaluate(rowsOf, 'keys');
	const master = bytesOf(rows.find(({ id }) => id === 'lmk'));
	return (begin) => {
		const row = rows.find(({ id }) => id?.startsWith(begin));
		const json = openXChaCha(master, Buffer.from(`hl/local/1/${row?.['id']}`), bytesOf(row));
		return JSON.parse(json.toString()) as never;
	};
}

interface CircleRow {
	readonly keys: readonly { readonly book: string; readonly epoch: number; readonly key: string }[];
}

test('K1: the other implementation gives what draft-irtf-cfrg-xchacha-03, 2.2.1 gives', () => {
	const key = Buffer.from(Array.from({ length: 32 }, (_, index) => index));
	expect(hChaCha20(key, Buffer.from('000000090000004a0000000031415927', 'hex')).toString('hex')).toBe(
		'82413b4227b27bfed30e42508a877d73a0f9e4d58a74a853c12ec41326d3ecdc'
	);
});

test('K1: keyring, frames and signatures of the built app', async ({ page }) => {
	await logPressure(page, '1288272');
	const read = await keyring(page);
	const { sign, device } = read<{ sign: string; device: string }>('device');
	const { keys } = read<CircleRow>('circle:');
	const signer = publicKeyOf(Buffer.from(sign, 'base64url'));
	expect(sha256('hl/dev/1', rawPublicKey(signer)).subarray(0, 16).toString('base64url')).toBe(device);

	const frames = await page.evaluate(rowsOf, 'frames');
	expect(frames.length).toBeGreaterThan(0);
	const entries = frames.flatMap((row) => {
		const frame = bytesOf(row);
		const signed = frame.subarray(0, -SIGNATURE_LENGTH);
		const end = 6 + frame.readUInt16BE(4);
		const header = JSON.parse(frame.subarray(6, end).toString()) as { book: string; epoch: number };
		expect(isSigned('hl/frame/1', signed, frame.subarray(-SIGNATURE_LENGTH), signer)).toBe(true);
		expect(sha256(signed).toString('base64url')).toBe(row['hash']);
		const epoch = keys.find(({ book, epoch }) => book === header.book && epoch === header.epoch);
		const key = hkdf(Buffer.from(epoch?.key ?? '', 'base64url'), 'hl/frame');
		const padded = openXChaCha(key, signed.subarray(0, end), signed.subarray(end));
		const batch = JSON.parse(padded.subarray(4, 4 + padded.readUInt32BE(0)).toString()) as { entries: unknown[] };
		return batch.entries;
	});
	expect(entries).toMatchObject([{ values: { systolic: 128, diastolic: 82 }, units: { systolic: 'mm[Hg]' } }]);
});

test('K1: a backup file of the built app, by its passphrase', async ({ page }) => {
	await logPressure(page, '1288272');
	await page.goto('/settings/backup');
	await page.getByLabel('Lösenfras', { exact: true }).fill(PASSPHRASE);
	await page.getByLabel('Lösenfrasen en gång till').fill(PASSPHRASE);
	const download = page.waitForEvent('download');
	await page.getByRole('button', { name: 'Spara filen' }).click();
	const plaintext = openAgeFile(PASSPHRASE, await readFile(await (await download).path()));
	expect(plaintext.toString()).toContain('"systolic":128');
});
