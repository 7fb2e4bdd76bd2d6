/** Circles: manifests checked by the clients' own code, key envelopes, leaving and deleting. */
import type * as z from 'zod/mini';
import { toBase64url } from '$lib/crypto/bytes';
import { must } from '$lib/domain/assert';
import { ok, type Result } from '$lib/domain/result';
import {
	addEnvelopesSchema,
	createCircleSchema,
	extendCircleSchema,
	erasureBodySchema
} from '$lib/protocol/api/circles';
import { MAX_PULL_BYTES } from '$lib/protocol/api/limits';
import type { Envelope } from '$lib/protocol/envelope';
import { isErasedBy, parseErasure } from '$lib/protocol/erasure';
import { isInCharge } from '$lib/protocol/holder';
import { circleIdSchema, idBytes, type CircleId } from '$lib/protocol/ids';
import {
	extendManifestChain,
	memberOf,
	parseManifest,
	type Manifest,
	type ManifestChain,
	type SignedManifest
} from '$lib/protocol/manifest';
import { done, json, refuse, type Answer, type Refusal } from '../http';
import type { RelayLimits } from '../limits';
import { deviceJsonRoute, deviceRoute, type Call, type RelayContext, type Route, type Session } from '../route';
import type { CircleQuota, ManifestRefusal, RelayStore } from '../store';
import { readableAfter } from '$lib/protocol/farewell';
import { loadIdentities } from './identities';

export const circleRoutes: readonly Route[] = [
	deviceJsonRoute({ method: 'POST', path: 'circles' }, createCircleSchema, createCircle),
	deviceRoute({ method: 'DELETE', path: 'circles/:id' }, eraseCircle),
	deviceJsonRoute({ method: 'PUT', path: 'circles/:id/erasure' }, erasureBodySchema, putErasure),
	deviceRoute({ method: 'GET', path: 'circles/:id/erasure' }, readErasure),
	deviceRoute({ method: 'POST', path: 'circles/:id/leave' }, leaveCircle),
	deviceRoute({ method: 'GET', path: 'circles/:id/manifest' }, readManifests),
	deviceJsonRoute({ method: 'POST', path: 'circles/:id/manifest' }, extendCircleSchema, extendCircle),
	deviceRoute({ method: 'GET', path: 'circles/:id/envelopes' }, readEnvelopes),
	deviceJsonRoute({ method: 'PUT', path: 'circles/:id/envelopes' }, addEnvelopesSchema, addEnvelopes)
];

async function createCircle(
	{ relay, body }: Call<z.infer<typeof createCircleSchema>>,
	session: Session
): Promise<Answer> {
	const records = parseAll(body.manifests);
	const last = records?.at(-1);
	if (!records || !last) return refuse('malformed');
	const stored = await storedHead(relay.store, last.body.circle);
	if (!stored) return beginCircle(relay, session, { before: null, records, envelopes: body.envelopes });
	// Of a circle that is known any member brings back what is lost: who is in it before, and after all of it.
	const isMember = await relay.store.roleIn(last.body.circle, session.identity);
	if (!isMember || !memberOf(last.body, session.identity)) return refuse('not-found');
	const place = records.findIndex((record) => record.hash === stored.hash);
	if (place < 0) return refuse('conflict');
	return addRecords(relay, session, { before: stored, records: records.slice(place + 1), envelopes: body.envelopes });
}

/** A circle the relay does not know is begun by whoever runs it. */
async function beginCircle(relay: RelayContext, session: Session, beginning: Addition): Promise<Answer> {
	const wait = await relay.rates.count('circle', session.identity);
	if (wait !== null) return refuse('too-many', { retryAfterS: wait });
	const head = must(beginning.records.at(-1), 'a circle begins with a record');
	if (!isOwnedBy(head.body, session)) return refuse('not-found');
	return addRecords(relay, session, beginning);
}

async function extendCircle(
	{ relay, id, body }: Call<z.infer<typeof extendCircleSchema>>,
	session: Session
): Promise<Answer> {
	const circle = await enterCircle(relay.store, id, session);
	if (!circle) return refuse('not-found');
	const record = parseManifest(idBytes(body.manifest));
	if (!record) return refuse('malformed');
	const records = record.hash === circle.head.hash ? [] : [record];
	return addRecords(relay, session, { before: circle.head, records, envelopes: body.envelopes });
}

interface Addition {
	/** The stored head; null when the circle begins. */
	readonly before: SignedManifest | null;
	readonly records: readonly SignedManifest[];
	readonly envelopes: readonly Envelope[];
}

async function addRecords(
	relay: RelayContext,
	session: Session,
	{ before, records, envelopes }: Addition
): Promise<Answer> {
	const head = must(records.at(-1) ?? before, 'there is a stored head or a new one');
	const checked = await checkChain(relay.store, before, records);
	if (!checked.ok) return checked;
	if (!mayHandOut(head.body, session, envelopes)) return refuse('not-found');
	const circle = head.body.circle;
	const quota = quotaOf(relay.limits, head.body.space);
	const stored =
		records.length === 0
			? await relay.store.addEnvelopes({ circle, expected: head.hash, envelopes, quota })
			: await relay.store.storeManifests({
					expected: before?.hash ?? null,
					manifests: records,
					envelopes,
					quota,
					demoCircles: relay.limits.demoCircles,
					now: relay.clock()
				});
	return stored.ok ? done : refuse(refusalCode(stored.error));
}

const refusalCode = (refusal: ManifestRefusal): Refusal['code'] => (refusal === 'erased' ? 'expired' : refusal);

export const quotaOf = (limits: RelayLimits, space: Manifest['space']): CircleQuota =>
	space === 'demo'
		? { bytes: limits.demoCircleBytes, frames: limits.demoCircleFrames }
		: { bytes: limits.circleBytes, frames: limits.circleFrames };

/** R5: every record is checked by the clients' own rules, on top of what was checked when it was stored. */
async function checkChain(
	store: RelayStore,
	before: SignedManifest | null,
	records: readonly SignedManifest[]
): Promise<Result<void, Refusal>> {
	const identities = await loadIdentities(store, new Set(records.map((record) => record.body.by.identity)));
	let chain: ManifestChain | null = before && { circle: before.body.circle, records: [before], head: before };
	for (const record of records) {
		const next = extendManifestChain(chain, record, (identity) => identities.get(identity));
		if (!next.ok) return refuse(next.error.type === 'broken-chain' ? 'conflict' : 'malformed');
		chain = next.value;
	}
	return ok(undefined);
}

/** Keys go to members of the head, for books that both they and the sender read there. */
function mayHandOut(manifest: Manifest, session: Session, envelopes: readonly Envelope[]): boolean {
	const readBy = (identity: Envelope['member']) =>
		new Set(memberOf(manifest, identity)?.rights.map((right) => right.book));
	const own = readBy(session.identity);
	return envelopes.every(({ circle, member, books }) => {
		const theirs = readBy(member);
		return circle === manifest.circle && books.every((book) => own.has(book) && theirs.has(book));
	});
}

async function readManifests({ relay, id, query }: Call<null>, session: Session): Promise<Answer> {
	const circle = await enterCircle(relay.store, id, session);
	const from = query.get('from') ?? '0';
	if (!/^\d{1,9}$/.test(from)) return circle ? refuse('malformed') : refuse('not-found');
	if (!circle) return readFarewell(relay.store, id, Number(from), session);
	const records = await relay.store.manifestsFrom(circle.id, Number(from), MAX_PULL_BYTES);
	return json({ manifests: records.map(toBase64url) });
}

/** Whoever was let go reads on to the record that did it, so that their app can know instead of having to believe. */
async function readFarewell(store: RelayStore, id: string, from: number, session: Session): Promise<Answer> {
	if (from < 1 || !circleIdSchema.safeParse(id).success) return refuse('not-found');
	const head = await storedHead(store, id as CircleId);
	// Somebody who left by themselves stands there still, and has no more to read.
	if (!head || memberOf(head.body, session.identity)) return refuse('not-found');
	const stored = await store.manifestsFrom(id as CircleId, from - 1, MAX_PULL_BYTES);
	const records = readableAfter(
		session.identity,
		stored.map((bytes) => must(parseManifest(bytes), 'a stored manifest was parsed before'))
	);
	return records.length > 0 ? json({ manifests: records.map(({ bytes }) => toBase64url(bytes)) }) : refuse('not-found');
}

async function readEnvelopes({ relay, id }: Call<null>, session: Session): Promise<Answer> {
	const circle = await enterCircle(relay.store, id, session);
	return circle
		? json({ envelopes: await relay.store.envelopesFor(circle.id, session.identity) })
		: refuse('not-found');
}

async function addEnvelopes(
	{ relay, id, body }: Call<z.infer<typeof addEnvelopesSchema>>,
	session: Session
): Promise<Answer> {
	const circle = await enterCircle(relay.store, id, session);
	if (!circle) return refuse('not-found');
	return addRecords(relay, session, { before: circle.head, records: [], envelopes: body.envelopes });
}

/** The last owner, or who holds the circle for a person to come, cannot leave, only delete: nobody else could hand it on. */
async function leaveCircle({ relay, id }: Call<null>, session: Session): Promise<Answer> {
	const circle = await enterCircle(relay.store, id, session);
	if (!circle) return refuse('not-found');
	const { body } = circle.head;
	const owners = body.members.filter((member) => member.role === 'owner');
	if (isInCharge(body, session.identity) && owners.length <= 1) return refuse('conflict');
	await relay.store.leaveCircle(circle.id, session.identity);
	return done;
}

/** The signed word of the owner, or of who holds the circle for them, which their members will check; it says nothing to anybody before the circle is erased. */
async function putErasure(
	{ relay, id, body }: Call<z.infer<typeof erasureBodySchema>>,
	session: Session
): Promise<Answer> {
	const circle = await enterCircle(relay.store, id, session);
	if (!circle || !isInCharge(circle.head.body, session.identity)) return refuse('not-found');
	const word = parseErasure(idBytes(body.erasure));
	const owner = (await loadIdentities(relay.store, [session.identity])).get(session.identity);
	if (!word || !owner || word.body.circle !== circle.id || !isErasedBy(word, owner)) return refuse('malformed');
	await relay.store.saveErasure({ circle: circle.id, record: word.bytes, now: relay.clock() });
	return done;
}

/** Who was in the circle is no longer known here: the id, which only its members ever had, is what lets in. */
async function readErasure({ relay, id }: Call<null>): Promise<Answer> {
	const record = circleIdSchema.safeParse(id).success ? await relay.store.erasureOf(id as CircleId) : null;
	return record ? json({ erasure: toBase64url(record) }) : refuse('not-found');
}

async function eraseCircle({ relay, id }: Call<null>, session: Session): Promise<Answer> {
	const circle = await enterCircle(relay.store, id, session);
	if (!circle || !isInCharge(circle.head.body, session.identity)) return refuse('not-found');
	await relay.store.eraseCircle(circle.id, relay.clock());
	return done;
}

/** The circle, when the caller is in it; null for a stranger as for an id that does not exist. */
export async function enterCircle(store: RelayStore, id: string, session: Session) {
	if (!circleIdSchema.safeParse(id).success) return null;
	const circle = id as CircleId;
	const role = await store.roleIn(circle, session.identity);
	const head = role && (await storedHead(store, circle));
	return role && head ? { id: circle, role, head } : null;
}

async function storedHead(store: RelayStore, circle: CircleId): Promise<SignedManifest | null> {
	const bytes = await store.headManifest(circle);
	return bytes && must(parseManifest(bytes), 'a stored manifest was parsed before');
}

export function isOwnedBy(manifest: Manifest, session: Session): boolean {
	const role = memberOf(manifest, session.identity)?.role;
	return role === 'owner' || role === 'coOwner';
}

function parseAll(manifests: readonly string[]): SignedManifest[] | null {
	const records = manifests.map((text) => parseManifest(idBytes(text)));
	return records.every((record) => record !== null) ? records : null;
}
