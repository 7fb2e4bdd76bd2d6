/** A staff device: enrolling a care unit by its one-time link, and the signed card patients share with. */
import * as z from 'zod/mini';
import { must } from '$lib/domain/assert';
import { err, ok, type Result } from '$lib/domain/result';
import { toBase64url } from '$lib/crypto/bytes';
import { idBytes, type CircleId } from '$lib/protocol/ids';
import { signUnitCard, unitCardText } from '$lib/protocol/unit-card';
import type { StorageError } from '$lib/storage/errors';
import { deviceKeysSchema, type DeviceKeys } from '$lib/storage/keyring';
import { createDevice } from '$lib/sync/create';
import type { SyncError } from '$lib/sync/engine';
import type { Session } from './session';

const line = z.string().check(z.trim(), z.maxLength(120));

/** What stands in the fragment of an enrolment link; names never reach the relay. */
export const enrolmentSchema = z.object({
	t: z.string().check(z.regex(/^[A-Za-z0-9_-]{43}$/)),
	unit: line.check(z.minLength(1)),
	contact: z._default(line, ''),
	phone: z._default(z.string().check(z.trim(), z.maxLength(32)), ''),
	hours: z._default(line, '')
});
export type Enrolment = z.infer<typeof enrolmentSchema>;

export type EnrolError =
	| { readonly type: 'link-malformed' }
	/** The link has been opened before, here or elsewhere, or has expired. */
	| { readonly type: 'link-used' }
	/** This device already holds somebody's own values: a unit needs a device or browser profile of its own. */
	| { readonly type: 'device-taken' }
	| SyncError;

/** Reads the link's fragment, with or without `#`. */
export function parseEnrolment(fragment: string): Result<Enrolment, { readonly type: 'link-malformed' }> {
	const parsed = enrolmentSchema.safeParse(Object.fromEntries(new URLSearchParams(fragment.replace(/^#/, ''))));
	return parsed.success ? ok(parsed.data) : err({ type: 'link-malformed' });
}

/**
 * Makes the unit's identity on this device and registers it. A refused link leaves the device as it was. An answer that is
 * lost leaves the identity waiting: the same link opened again on this device registers that very one.
 */
export async function enrolUnit(session: Session, link: Enrolment | null): Promise<Result<void, EnrolError>> {
	const existing = await session.device();
	if (existing)
		return existing.unit && !existing.relay.registered ? registerNow(session) : err({ type: 'device-taken' });
	if (!link && session.space === 'real') return err({ type: 'link-malformed' });
	const unsent = await keepUnsent(session, link?.t ?? '');
	if (!unsent.ok) return unsent;
	const device = unsent.value;
	const genesis = must(device.log[0], 'a new identity has its first record');
	// Registered before it is the device's own: a link that was used leaves nothing behind.
	const sent = await session.relay.registerIdentity(genesis, link?.t ?? null);
	if (!sent.ok) {
		if (sent.error.type !== 'refused' || !isUsed(sent.error.code)) return sent;
		await session.store.clearDraft(UNSENT);
		return err({ type: 'link-used' });
	}
	const { unit: name, contact, phone, hours } = link ?? { unit: '', contact: '', phone: '', hours: '' };
	const saved = await saveUnit(session, {
		...device,
		relayOn: true,
		relay: { ...device.relay, registered: true },
		// The token stays until the relay has shown that it knows the unit.
		unit: { name, contact, phone, hours, enrolment: link?.t ?? null }
	});
	if (saved.ok) await session.store.clearDraft(UNSENT);
	return saved;
}

/** An identity that was made for a link and may have been registered: the relay takes the same one again, and no other. */
const unsentSchema = z.object({ token: z.string(), device: deviceKeysSchema });
const UNSENT = 'enrolment';

/** The identity that waits for this link, else a new one. Kept before it is sent, or an answer that is lost loses it. */
async function keepUnsent(session: Session, token: string): Promise<Result<DeviceKeys, StorageError>> {
	const kept = await session.store.readDraft(UNSENT, unsentSchema);
	if (kept?.token === token) return ok(kept.device);
	const device = createDevice({ random: session.random, now: session.now, space: session.space }, 'unit');
	const saved = await session.store.saveDraft(UNSENT, { token, device });
	return saved.ok ? ok(device) : saved;
}

const isUsed = (code: string): boolean => code === 'already-used' || code === 'expired' || code === 'not-found';

async function saveUnit(
	session: Session,
	device: Parameters<Session['store']['createDevice']>[0]
): Promise<Result<void, StorageError>> {
	const created = await session.store.createDevice(device, null);
	return created.ok ? session.updateDevice((now) => now) : created;
}

const registerNow = (session: Session): Promise<Result<void, SyncError>> => session.sync();

export interface CardOptions {
	/** A code that works once, or a card for the waiting room's wall. */
	readonly oneTime: boolean;
	readonly days: number;
}

/** The unit's signed card as a link patients open; the card itself is in the fragment. */
export async function createCardLink(session: Session, options: CardOptions): Promise<string | null> {
	const device = await session.device();
	if (!device?.unit) return null;
	const card = signUnitCard(
		{
			v: 1,
			identity: device.identity,
			by: device.device,
			unit: device.unit.name,
			contact: device.unit.contact,
			phone: device.unit.phone,
			hours: device.unit.hours,
			origin: session.relay.origin,
			exp: session.now() + options.days * 24 * 3600 * 1000,
			code: options.oneTime ? toBase64url(session.random(16)) : null
		},
		idBytes(device.sign)
	);
	return `${session.relay.origin}/circle/share#card=${unitCardText(card)}`;
}

/** The unit's answer to **Ny: vill dela**. Kept on this device; the receipt in the circle's log tells the person. */
export async function answerCircle(
	session: Session,
	circle: CircleId,
	answer: 'joined' | 'declined'
): Promise<Result<void, StorageError>> {
	const updated = await session.store.updateCircle(circle, (before) => ({
		...must(before, 'only a circle that is here can be answered'),
		standing: answer
	}));
	if (updated.ok) session.announce({ type: 'changed', circle, keys: true, books: [] });
	return updated;
}
