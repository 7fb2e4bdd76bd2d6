/** F5: what is stored on the device is frozen too. See `src/lib/protocol/formats.test.ts` for how to change a format. */
import { IDBFactory } from 'fake-indexeddb';
import { expect, test } from 'vitest';
import { ADVICE, fingerprint, kept } from '../../../tests/support/formats';
import { CACHE_VERSION } from './book-cache';
import { HemlinjeDatabase, databaseName, WRITER_VERSION } from './database';
import {
	careSchema,
	earlierCircleSchema,
	earlierRow,
	ERASING_ROW,
	erasingSchema,
	circleKeysSchema,
	circleRow,
	circleWorkSchema,
	deviceKeysSchema,
	identityRow,
	deviceWorkSchema,
	joiningsSchema,
	JOININGS_ROW,
	knownIdentitySchema,
	LOCK_CHOICES_ROW,
	LOCK_ROW,
	lockChoicesSchema,
	openValue,
	sealValue,
	workRow
} from './keyring';
import {
	lockRowSchema,
	lockToRow,
	parseLock,
	passkeyWrapSchema,
	passphraseWrapSchema,
	unwrap,
	wrapFor
} from './lock-row';
import { SEALING_ROW } from './master-key';
import { seededRandom } from '../../../tests/support/people';
import { fromBase64url, toBase64url } from '$lib/crypto/bytes';
import { PASSPHRASE_COST, passkeyKey, passphraseKey } from '$lib/crypto/lock-keys';
import { must } from '$lib/domain/assert';
import { entrySchema } from '$lib/protocol/entries';
import type { CircleId, IdentityId } from '$lib/protocol/ids';
import * as z from 'zod/mini';

globalThis.indexedDB = new IDBFactory();

test('the keyring, the tables and the names on the device are as they were', () => {
	const database = new HemlinjeDatabase('real');
	const random = seededRandom('storage v1');
	const key = random(32);
	const made = {
		deviceKeys: fingerprint(deviceKeysSchema),
		circleKeys: fingerprint(circleKeysSchema),
		knownIdentity: fingerprint(knownIdentitySchema),
		care: fingerprint(careSchema),
		circleWork: fingerprint(circleWorkSchema),
		joinings: fingerprint(joiningsSchema),
		deviceWork: fingerprint(deviceWorkSchema),
		lock: [fingerprint(lockRowSchema), fingerprint(passphraseWrapSchema), fingerprint(passkeyWrapSchema)],
		lockChoices: fingerprint(lockChoicesSchema),
		erasing: fingerprint(erasingSchema),
		earlierCircle: fingerprint(earlierCircleSchema),
		writer: WRITER_VERSION,
		// A new kind of entry makes something else of the same frames: CACHE_VERSION goes on with it.
		cache: [CACHE_VERSION, fingerprint(entrySchema)],
		version: database.verno,
		tables: Object.fromEntries(
			database.tables.map((table) => [
				table.name,
				[table.schema.primKey.src, ...table.schema.indexes.map((index) => index.src)]
			])
		),
		names: [
			databaseName('real'),
			databaseName('demo-marta'),
			circleRow('c' as CircleId),
			identityRow('i' as IdentityId),
			workRow('c' as CircleId),
			JOININGS_ROW,
			LOCK_ROW,
			LOCK_CHOICES_ROW,
			SEALING_ROW,
			ERASING_ROW,
			earlierRow('c' as CircleId)
		],
		sealedRow: toBase64url(sealValue(key, 'device', { v: 1 }, random))
	};
	const stored = kept('storage', made);
	expect(made, ADVICE).toEqual(stored);
	const row = must(fromBase64url(stored.sealedRow as string), 'base64url');
	expect(openValue(key, 'device', row, z.strictObject({ v: z.literal(1) }))).toEqual({ v: 1 });
});

test('a lock that was set once is opened by its passphrase and by its passkey', () => {
	const random = seededRandom('lock v1');
	const [masterKey, id, salt, prf] = [random(32), toBase64url(random(16)), random(16), random(32)];
	const words = 'gröna båtar sjunger högt';
	const ways = [
		{ kind: 'passphrase' as const, salt, ...PASSPHRASE_COST, key: passphraseKey(words, salt, PASSPHRASE_COST) },
		{ kind: 'passkey' as const, credential: random(20), salt: random(32), at: 1_795_334_400_000, key: passkeyKey(prf) }
	];
	const made = toBase64url(lockToRow({ id, wraps: ways.map((way) => wrapFor(id, way, masterKey, random)) }).bytes);
	const stored = kept('lock', { row: made });
	expect(made, ADVICE).toBe(stored.row);
	const lock = must(
		parseLock({ id: LOCK_ROW, bytes: must(fromBase64url(stored.row as string), 'base64url') }),
		'a lock'
	);
	expect(unwrap(lock, 'passphrase', passphraseKey(words, salt, PASSPHRASE_COST))).toEqual(masterKey);
	expect(unwrap(lock, 'passkey', passkeyKey(prf))).toEqual(masterKey);
	expect(unwrap(lock, 'passkey', passphraseKey(words, salt, PASSPHRASE_COST))).toBeNull();
});
