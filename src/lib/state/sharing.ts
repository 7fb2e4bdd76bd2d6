/**
 * Sharing with a care unit, step by step: read its card, make the recovery code when data leaves the device for the first
 * time, hand over the chosen books. Each step can fail in words the person understands, and leaves everything as it was.
 */
import { must } from '$lib/domain/assert';
import type { BookKind, ShareableBook } from '$lib/domain/books';
import { err, ok, type Result } from '$lib/domain/result';
import { proposedAccess, sharedWithEveryMember } from '$lib/domain/rights';
import type { LocalDate } from '$lib/domain/time';
import { safetyNumber } from '$lib/crypto/safety-number';
import type { RecoveryCode } from '$lib/crypto/recovery-code';
import { inviteId } from '$lib/protocol/api/invites';
import type { Identity } from '$lib/protocol/identity-log';
import { idBytes, type BookId, type CircleId } from '$lib/protocol/ids';
import { memberOf } from '$lib/protocol/manifest';
import { readUnitCard, verifyUnitCard, type SignedUnitCard, type UnitCardError } from '$lib/protocol/unit-card';
import type { StorageError } from '$lib/storage/errors';
import { bookOfKind, identityFrom, type CircleAccess } from '$lib/sync/circle-access';
import { wireSpace } from '$lib/sync/create';
import { addMembers } from '$lib/sync/membership';
import { withRecovery } from '$lib/sync/recovery';
import type { RelayError } from '$lib/sync/relay-client';
import type { SyncError } from '$lib/sync/engine';
import type { Session } from './session';

export type CardError =
	| UnitCardError
	| RelayError
	/** A demo card in the real app, or the other way round. */
	| { readonly type: 'other-space' };

export type ShareError =
	| SyncError
	/** The one-time card has brought somebody else already. */
	| { readonly type: 'card-used' }
	| { readonly type: 'already-member' }
	| { readonly type: 'no-circle' };

/** A unit's card whose signature was checked against the unit's own log. */
export interface CheckedCard {
	readonly card: SignedUnitCard;
	readonly unit: Identity;
}

/** Reads a pasted or scanned card, link or bare text, and checks it against the unit's log at the relay. */
export async function checkCard(session: Session, text: string): Promise<Result<CheckedCard, CardError>> {
	const card = readUnitCard(cardPart(text), { now: session.now(), origin: session.relay.origin });
	if (!card.ok) return card;
	const log = await session.relay.identityLog(card.value.body.identity);
	if (!log.ok) return log.error.type === 'refused' && log.error.code === 'not-found' ? err({ type: 'altered' }) : log;
	const unit = identityFrom(log.value, card.value.body.identity);
	if (!unit) return err({ type: 'altered' });
	if (unit.space !== wireSpace(session.space)) return err({ type: 'other-space' });
	const verified = verifyUnitCard(card.value, unit);
	return verified.ok ? ok({ card: card.value, unit }) : verified;
}

/** The card inside a whole link, a fragment, or alone. */
const cardPart = (text: string): string =>
	text
		.trim()
		.replace(/^.*#/s, '')
		.replace(/^card=/, '');

/** The 12 digits the person and the unit compare; null while this device has no identity. */
export async function safetyNumberWith(session: Session, unit: Identity): Promise<string | null> {
	const device = await session.device();
	return device ? safetyNumber(idBytes(device.identity), idBytes(unit.id)) : null;
}

/**
 * Makes `code`, typed back by the person, the way back, and lets data leave the device from now on. An earlier code stops
 * working once the relay has the new one's store.
 */
export async function setRecoveryCode(session: Session, code: RecoveryCode): Promise<Result<void, StorageError>> {
	const circle = await session.ensureOwnCircle();
	if (!circle.ok) return circle;
	const device = must(await session.device(), 'a circle of one’s own comes with a device');
	const { log, recovery } = await withRecovery(device, code, session);
	// Only what the code changes is written. A code made in another tab meanwhile stays: it is on paper too.
	return session.updateDevice((now) =>
		now.log.length !== device.log.length
			? now
			: { ...now, log, recovery, root: null, relayOn: true, relay: { ...now.relay, recoverySent: 0 } }
	);
}

/** Hands over the chosen books, and what every member holds, to the unit. Needs the relay. */
export async function shareWithUnit(
	session: Session,
	to: CheckedCard,
	choice: {
		/** Whose values: a circle this device's person holds; absent: their own. */
		readonly circle?: CircleId | undefined;
		readonly books: readonly ShareableBook[];
		readonly ownName: string;
		/** The first day they are given; absent: everything. */
		readonly from?: LocalDate | undefined;
	}
): Promise<Result<void, ShareError>> {
	const synced = await session.sync();
	if (!synced.ok) return synced;
	const access = await (choice.circle ? session.openCircle(choice.circle) : ownCircle(session));
	const device = await session.device();
	if (!access || !device) return err({ type: 'no-circle' });
	if (memberOf(access.chain.head.body, to.unit.id)) return err({ type: 'already-member' });
	const { body } = to.card;
	if (body.code) {
		const used = await session.relay.useInvite(inviteId(body.code), access.chain.circle);
		if (!used.ok)
			return used.error.type === 'refused' && used.error.code === 'already-used' ? err({ type: 'card-used' }) : used;
	}
	const person = {
		name: body.contact || body.unit,
		...(body.contact ? { relation: body.unit } : {}),
		...(body.phone ? { phone: body.phone } : {}),
		...(body.hours ? { hours: body.hours } : {}),
		...(body.code ? { via: body.code } : {}),
		verified: 'claimed' as const
	};
	const rights = rightsFor(access, choice.books);
	// What waits would be sealed again under the new key, and read whatever its day.
	const isWaiting = (await session.store.countOutbox(access.chain.circle)) > 0;
	if (choice.from !== undefined && isWaiting) return err({ type: 'unreachable' });
	const step = await addMembers(
		access,
		device,
		[{ identity: to.unit, role: 'careContact', rights, person, from: choice.from }],
		choice.ownName,
		session
	);
	const sent = await session.relay.extendCircle(access.chain.circle, step.manifest, step.envelopes);
	if (!sent.ok) return sent;
	session.relay.forgetHeads();
	return session.sync();
}

/** The rights a care contact is given in these, and in what every member holds. */
function rightsFor(access: CircleAccess, chosen: readonly ShareableBook[]): { book: BookId; access: 'r' | 'w' }[] {
	const kinds: readonly BookKind[] = [...chosen, ...sharedWithEveryMember];
	return kinds.flatMap((kind) => {
		const book = bookOfKind(access, kind);
		const given = proposedAccess('careContact', kind);
		return book && given ? [{ book, access: given }] : [];
	});
}

async function ownCircle(session: Session): Promise<CircleAccess | null> {
	const own = (await session.store.readCircles()).find((each) => each.standing === 'mine');
	return own ? session.openCircle(own.circle) : null;
}
