/**
 * The way back from the code on paper (docs/protocol.md L3). First what the relay keeps is read and checked, with nothing
 * changed anywhere; then a new device is made that the root lets in, and all earlier devices are out. The data itself comes
 * back by the ordinary sync, which goes on from wherever it was interrupted.
 */
import { createBoxKey, boxKeyOf, openWith } from '$lib/crypto/boxes';
import { concat, equalBytes, toBase64url } from '$lib/crypto/bytes';
import { recoveryBoxKey, recoveryLookupId, recoveryProof, type RecoveryCode } from '$lib/crypto/recovery-code';
import { createSigningKey, deviceIdOf, signingKeyOf } from '$lib/crypto/signing';
import { err, ok, type Result } from '$lib/domain/result';
import { recoveryContentSchema, type RecoveryContent, type RecoveryFile } from '$lib/protocol/api/recovery';
import { parseIdentityRecord, signIdentityRecord, type Identity } from '$lib/protocol/identity-log';
import { deviceIdText, idBytes } from '$lib/protocol/ids';
import { parseJson } from '$lib/protocol/json';
import type { DeviceKeys } from '$lib/storage/keyring';
import { identityFrom } from './circle-access';
import { wireSpace, type CreateDeps } from './create';
import { boxContent, sealRecoveryFile } from './recovery';
import type { RelayClient, RelayError } from './relay-client';

export type FindError =
	| RelayError
	/** Nothing is kept under this code: another relay, or another code. */
	| { readonly type: 'not-found' }
	/** A newer code has been made since: only that one counts. */
	| { readonly type: 'replaced' }
	/** The code belongs to a demo and this is real, or the other way round. */
	| { readonly type: 'other-space' }
	/** What the relay keeps was not made with this code, or parts of it are gone. Nothing of it is used. */
	| { readonly type: 'altered' };

/** Everything the code opens, checked: the identity, and the secrets that make it one's own again. */
export interface FoundIdentity {
	readonly identity: Identity;
	/** The identity log as base64url records. */
	readonly log: readonly string[];
	readonly root: Uint8Array;
	readonly boxes: DeviceKeys['boxes'];
	readonly recipient: Uint8Array;
	readonly lookup: string;
	readonly files: readonly RecoveryFile[];
}

/** Reads the recovery store and the identity log. Changes nothing, here or at the relay. */
export async function findIdentity(
	relay: Pick<RelayClient, 'recoveryFiles' | 'identityLog'>,
	code: RecoveryCode,
	space: CreateDeps['space']
): Promise<Result<FoundIdentity, FindError>> {
	const lookup = recoveryLookupId(code);
	const files = await relay.recoveryFiles(lookup);
	if (!files.ok) return isNotFound(files.error) ? err({ type: 'not-found' }) : files;
	const paper = recoveryBoxKey(code);
	const contents = await openFiles(files.value, paper.secret);
	const root = contents.find((content) => isProven(content, code));
	if (!root) return err({ type: 'altered' });
	const log = await relay.identityLog(root.identity);
	if (!log.ok) return isNotFound(log.error) ? err({ type: 'altered' }) : log;
	const identity = identityFrom(log.value, root.identity);
	if (!identity) return err({ type: 'altered' });
	if (identity.space !== wireSpace(space)) return err({ type: 'other-space' });
	if (!identity.recovery || !equalBytes(identity.recovery, paper.pub)) return err({ type: 'replaced' });
	const boxes = boxesIn(
		contents.filter(({ kind }) => kind === 'box'),
		log.value
	);
	const isWhole = boxes.some((box) => box.gen === identity.box.gen);
	const secret = idBytes(root.secret);
	if (!isWhole || !equalBytes(signingKeyOf(secret).pub, identity.root)) return err({ type: 'altered' });
	return ok({ identity, log: log.value, root: secret, boxes, recipient: paper.pub, lookup, files: files.value });
}

const isNotFound = (error: RelayError): boolean => error.type === 'refused' && error.code === 'not-found';

/** What opens and says what its row says. Others can add rows of their own under a known id; those are passed over. */
async function openFiles(files: readonly RecoveryFile[], secret: Uint8Array): Promise<RecoveryContent[]> {
	const opened = await Promise.all(
		files.map(async (file) => {
			const plaintext = await openWith(secret, idBytes(file.ct));
			const content = plaintext && parseJson(recoveryContentSchema, plaintext);
			return content && content.kind === file.kind && content.gen === file.gen ? content : null;
		})
	);
	return opened.filter((content) => content !== null);
}

const isProven = (content: RecoveryContent, code: RecoveryCode): boolean =>
	content.v === 2 &&
	equalBytes(recoveryProof(code, concat(idBytes(content.identity), idBytes(content.secret))), idBytes(content.proof));

/** The box secrets that fit what the verified log says of their generation. */
export function boxesIn(contents: DeviceKeys['boxes'], log: readonly string[]): DeviceKeys['boxes'] {
	const pubs = new Map<number, string>();
	for (const record of log) {
		const body = parseIdentityRecord(idBytes(record))?.body;
		if (body && 'box' in body) pubs.set(body.box.gen, body.box.pub);
	}
	return contents.flatMap(({ gen, secret }) =>
		pubs.get(gen) === toBase64url(boxKeyOf(idBytes(secret)).pub) ? [{ gen, secret }] : []
	);
}

/**
 * The keys of a new device of this identity, with the records that let it in still to be sent. Nothing is stored or sent.
 * The code on paper goes on: the new box secret is added to its store.
 */
export async function recoveredDevice(found: FoundIdentity, deps: CreateDeps): Promise<DeviceKeys> {
	const { identity } = found;
	const signing = createSigningKey(deps.random);
	const own = createBoxKey(deps.random);
	const box = createBoxKey(deps.random);
	const device = deviceIdText(deviceIdOf(signing.pub));
	const gen = identity.box.gen + 1;
	const next = { v: 1 as const, n: identity.head.n + 1, prev: identity.head.hash };
	const recover = signIdentityRecord(
		{
			...next,
			kind: 'recover',
			by: 'root',
			device: { id: device, sign: toBase64url(signing.pub), box: toBase64url(own.pub) },
			box: { gen, pub: toBase64url(box.pub) }
		},
		found.root
	);
	const confirm = signIdentityRecord(
		{ v: 1, kind: 'confirmDevice', n: next.n + 1, prev: recover.hash, by: device },
		signing.secret
	);
	const newBox = { gen, secret: toBase64url(box.secret) };
	const file = await sealRecoveryFile(found.recipient, boxContent(identity.id, newBox));
	return {
		v: 1,
		identity: identity.id,
		device,
		sign: toBase64url(signing.secret),
		box: toBase64url(own.secret),
		log: [...found.log, toBase64url(recover.bytes), toBase64url(confirm.bytes)],
		boxes: [...found.boxes, newBox],
		root: null,
		relayOn: true,
		relay: { registered: true, logSent: found.log.length - 1, recoverySent: 0 },
		recovery: { lookup: found.lookup, files: [...found.files, file], confirmedAt: deps.now() },
		unit: null
	};
}

/** True while the records that let this device in have not reached the relay: until then nothing has happened there. */
export const isUnannounced = (device: DeviceKeys): boolean => {
	const recovers = device.log.findLastIndex((record) => parseIdentityRecord(idBytes(record))?.body.kind === 'recover');
	return recovers > 0 && device.relay.logSent < recovers;
};
