/**
 * The recovery code at the moment data first leaves the device: a new root and every box secret are sealed to the code's
 * own key, and the device keeps only the public part (docs/protocol.md 4, 14).
 */
import { sealTo } from '$lib/crypto/boxes';
import { concat, toBase64url, utf8, type RandomBytes } from '$lib/crypto/bytes';
import { recoveryBoxKey, recoveryLookupId, recoveryProof, type RecoveryCode } from '$lib/crypto/recovery-code';
import { createSigningKey } from '$lib/crypto/signing';
import { must } from '$lib/domain/assert';
import { readIdentityLog, signIdentityRecord } from '$lib/protocol/identity-log';
import { idBytes, type IdentityId } from '$lib/protocol/ids';
import { sealStoreNote } from '$lib/protocol/own-notes';
import type { RecoveryContent, RecoveryFile } from '$lib/protocol/api/recovery';
import type { DeviceKeys } from '$lib/storage/keyring';

/** The device's keys after the person has confirmed `code`: the root is gone from here, the files wait to be sent. */
export async function withRecovery(
	device: DeviceKeys,
	code: RecoveryCode,
	deps: { readonly random: RandomBytes; readonly now: () => number }
): Promise<DeviceKeys> {
	const identity = readIdentityLog(device.log.map(idBytes));
	const head = must(identity.ok ? identity.value.head : null, 'a device can read its own identity log');
	const recipient = recoveryBoxKey(code).pub;
	const root = createSigningKey(deps.random);
	const record = signIdentityRecord(
		{
			v: 1,
			kind: 'setRecovery',
			n: head.n + 1,
			prev: head.hash,
			by: device.device,
			recipient: toBase64url(recipient),
			newRoot: toBase64url(root.pub),
			store: sealStoreNote(device.identity, recoveryLookupId(code), device.boxes, deps.random)
		},
		idBytes(device.sign)
	);
	const statement = concat(idBytes(device.identity), root.secret);
	const contents: RecoveryContent[] = [
		{
			...{ v: 2, identity: device.identity, kind: 'root', gen: 0, secret: toBase64url(root.secret) },
			proof: toBase64url(recoveryProof(code, statement))
		},
		...device.boxes.map((box) => boxContent(device.identity, box))
	];
	const files = await Promise.all(contents.map((content) => sealRecoveryFile(recipient, content)));
	return {
		...device,
		log: [...device.log, toBase64url(record.bytes)],
		root: null,
		relay: { ...device.relay, recoverySent: 0 },
		recovery: { lookup: recoveryLookupId(code), files, confirmedAt: deps.now() }
	};
}

/** What the store holds of one generation of the identity box. */
export const boxContent = (identity: IdentityId, box: DeviceKeys['boxes'][number]): RecoveryContent => ({
	...{ v: 1, identity, kind: 'box' },
	...box
});

export const sealRecoveryFile = async (recipient: Uint8Array, content: RecoveryContent): Promise<RecoveryFile> => ({
	kind: content.kind,
	gen: content.gen,
	ct: toBase64url(await sealTo(recipient, utf8(JSON.stringify(content))))
});
