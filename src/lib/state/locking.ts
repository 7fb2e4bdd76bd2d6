/**
 * The app lock as the screens use it: set, changed, taken off and opened. Passphrases become keys in a thread of their own;
 * nothing of them is kept. Loaded where there is a lock or one is being set.
 */
import { toBase64url } from '$lib/crypto/bytes';
import { systemRandom } from '$lib/crypto/random';
import { PASSPHRASE_COST, passkeyKey, type PassphraseCost } from '$lib/crypto/lock-keys';
import { err, ok, type Result } from '$lib/domain/result';
import type { Space } from '$lib/storage/database';
import type { StorageError } from '$lib/storage/errors';
import type { LockChoices } from '$lib/storage/keyring';
import type { LockWay, OpenWay } from '$lib/storage/lock-row';
import { readLockFacts, type LockFacts, type Unlock } from '$lib/storage/unlocking';
import { browserPasskeys, type PasskeyError, type Passkeys } from './passkey';
import type { Session } from './session';
import { slowly } from './slow-work';
import { openTabChannel } from './tab-channel';

export type { LockFacts, LockWay };
export { readLockFacts };

/** What opening and setting a lock needs of the browser. */
export interface LockTools {
	/** The key of a passphrase; null when the device could not work it out. */
	readonly derive: (passphrase: string, salt: Uint8Array, cost: PassphraseCost) => Promise<Uint8Array | null>;
	readonly passkeys: Passkeys;
}

export const browserLockTools: LockTools = {
	derive: (passphrase, salt, cost) =>
		slowly({ type: 'derive', passphrase, salt, cost }).then(
			({ key }) => key,
			// The thread could not be had, or had not the memory.
			() => null
		),
	passkeys: browserPasskeys(systemRandom)
};

export type LockError =
	| StorageError
	| PasskeyError
	/** The device did not manage to work the key out. */
	| { readonly type: 'too-slow' };

/**
 * While a tab is locked: `changed` is called when another tab has changed what opens the space, e.g. taken the lock off. A
 * tab that is locked once more goes on with what is typed in it.
 */
export function watchLocked(space: Space, changed: () => void): () => void {
	const before = readLockFacts(space).then(wayNames);
	const channel = openTabChannel(space, (message) => {
		if (message.type === 'erased') return changed();
		if (message.type !== 'lock') return;
		void Promise.all([before, readLockFacts(space)]).then(([names, now]) => {
			if (wayNames(now) !== names) changed();
		}, changed);
	});
	return () => channel.close();
}

const wayNames = (facts: LockFacts | null): string => facts?.ways.map(({ salt }) => toBase64url(salt)).join() ?? '';

const SALT_LENGTH = 16;
const PRF_INPUT_LENGTH = 32;

export async function readWays(session: Session): Promise<readonly LockWay[]> {
	return (await session.store.lock()).ways();
}

/**
 * Sets the lock, or changes its passphrase: a new master key in any case, and the old passphrase opens nothing. `passkeys` that
 * are to go on opening it are asked for, since a new key can only be sealed for whoever is there; false when they were not.
 */
export async function setPassphrase(
	session: Session,
	tools: LockTools,
	passphrase: string,
	passkeys: readonly LockWay[]
): Promise<Result<{ readonly keepsPasskey: boolean }, LockError>> {
	// First, while the press that began this still counts as the person's.
	const places = passkeys.flatMap((way) => (way.kind === 'passkey' ? [way] : []));
	const used = places.length > 0 ? await tools.passkeys.use(places) : null;
	const way = await passphraseWay(session, tools, passphrase);
	if (!way) return err({ type: 'too-slow' });
	const kept = used?.ok ? [passkeyWay(used.value, session.now())] : [];
	const set = await (await session.store.lock()).set([way, ...kept]);
	if (!set.ok) return set;
	tellAll(session);
	return ok({ keepsPasskey: places.length === 0 || used?.ok === true });
}

/** One more way in. The passphrase goes on opening it. */
export async function addPasskey(session: Session, tools: LockTools, name: string): Promise<Result<void, LockError>> {
	const made = await tools.passkeys.create(name, session.random(PRF_INPUT_LENGTH));
	if (!made.ok) return made;
	return (await session.store.lock()).add(passkeyWay(made.value, session.now()));
}

/** A passkey opens this device no more. Its own copy, where the passkeys are kept, stays. False when it was the last way in. */
export async function removeWay(session: Session, way: LockWay): Promise<Result<boolean, StorageError>> {
	return (await session.store.lock()).remove(way);
}

/** The device opens without a lock again. The person has said so. */
export async function takeLockOff(session: Session): Promise<Result<void, StorageError>> {
	const off = await (await session.store.lock()).takeOff();
	if (off.ok) tellAll(session);
	return off;
}

export async function chooseLock(session: Session, choices: LockChoices): Promise<Result<void, StorageError>> {
	const chosen = await (await session.store.lock()).choose(choices);
	if (chosen.ok) session.deviceChanged();
	return chosen;
}

/** The key a passphrase gives for this lock; null when the lock has none, or the device did not manage. */
export async function keyOfPassphrase(
	facts: LockFacts,
	tools: LockTools,
	passphrase: string
): Promise<Result<Unlock, LockError>> {
	const way = facts.ways.find((each) => each.kind === 'passphrase');
	const key = way?.kind === 'passphrase' ? await tools.derive(passphrase, way.salt, way) : null;
	return key ? ok({ kind: 'passphrase', key }) : err({ type: 'too-slow' });
}

/** The key one of the lock's passkeys gives. */
export async function keyOfPasskey(facts: LockFacts, tools: LockTools): Promise<Result<Unlock, LockError>> {
	const used = await tools.passkeys.use(facts.ways.flatMap((way) => (way.kind === 'passkey' ? [way] : [])));
	return used.ok ? ok({ kind: 'passkey', key: passkeyKey(used.value.prf) }) : used;
}

async function passphraseWay(session: Session, tools: LockTools, passphrase: string): Promise<OpenWay | null> {
	const salt = session.random(SALT_LENGTH);
	const key = await tools.derive(passphrase, salt, PASSPHRASE_COST);
	return key && { kind: 'passphrase', salt, ...PASSPHRASE_COST, key };
}

const passkeyWay = (
	{ credential, salt, prf }: { readonly credential: Uint8Array; readonly salt: Uint8Array; readonly prf: Uint8Array },
	at: number
): OpenWay => ({ kind: 'passkey', credential, salt, at, key: passkeyKey(prf) });

/** Other tabs hold a key that opens nothing any more; this one knows the new one. */
function tellAll(session: Session): void {
	session.announce({ type: 'lock' });
	session.deviceChanged();
}
