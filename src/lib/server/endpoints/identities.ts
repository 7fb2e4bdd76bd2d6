/** Identity logs: registered, read by whoever knows the id, extended by records that prove themselves. */
import type * as z from 'zod/mini';
import { sha256 } from '$lib/crypto/hash';
import { appendRecordSchema, registerIdentitySchema } from '$lib/protocol/api/identities';
import {
	activeDevice,
	extendIdentity,
	parseIdentityRecord,
	readIdentityLog,
	type Identity
} from '$lib/protocol/identity-log';
import { hashText, idBytes, identityIdSchema, type IdentityId } from '$lib/protocol/ids';
import { toBase64url } from '$lib/crypto/bytes';
import { done, json, refuse, type Answer } from '../http';
import { deviceRoute, openJsonRoute, openRoute, type Call, type Route, type Session } from '../route';
import type { RelayStore } from '../store';

export const identityRoutes: readonly Route[] = [
	openJsonRoute({ method: 'POST', path: 'identities' }, registerIdentitySchema, register),
	deviceRoute({ method: 'DELETE', path: 'identities/:id' }, eraseIdentity),
	openRoute({ method: 'GET', path: 'identities/:id/log', countsLogin: true }, readLog),
	openJsonRoute({ method: 'POST', path: 'identities/:id/log' }, appendRecordSchema, appendRecord)
];

async function register({ relay, body, address }: Call<z.infer<typeof registerIdentitySchema>>): Promise<Answer> {
	const wait = await relay.rates.count('registration', address);
	if (wait !== null) return refuse('too-many', { retryAfterS: wait });
	const record = idBytes(body.genesis);
	const identity = readIdentityLog([record]);
	if (!identity.ok) return refuse('malformed');
	const { id } = identity.value;
	const mustEnrol = identity.value.type === 'unit' && identity.value.space === 'real';
	// One that is there already is left as it is: it needs no token, and uses none up.
	if (mustEnrol && (await relay.store.identityLog(id)).length > 0) return json({ id });
	if (mustEnrol && body.enrolment === undefined) return refuse('not-found');
	const enrolment = mustEnrol && body.enrolment !== undefined ? hashText(sha256(idBytes(body.enrolment))) : null;
	const kept = await relay.store.registerIdentity({ identity: identity.value, record, enrolment, now: relay.clock() });
	return kept.ok ? json({ id }) : refuse(kept.error);
}

async function readLog({ relay, id, query }: Call<null>): Promise<Answer> {
	const log = identityIdSchema.safeParse(id).success ? await relay.store.identityLog(id as IdentityId) : [];
	if (log.length === 0) return refuse('not-found');
	const from = query.get('from') ?? '0';
	return /^\d{1,4}$/.test(from) ? json({ log: log.slice(Number(from)).map(toBase64url) }) : refuse('malformed');
}

/** No login is asked for: the record is signed, and whoever recovers an identity has no device to log in with. */
async function appendRecord({ relay, id, body }: Call<z.infer<typeof appendRecordSchema>>): Promise<Answer> {
	const log = identityIdSchema.safeParse(id).success ? await relay.store.identityLog(id as IdentityId) : [];
	const identity = readIdentityLog(log);
	if (!identity.ok) return refuse('not-found');
	const record = parseIdentityRecord(idBytes(body.record));
	if (!record) return refuse('malformed');
	if (record.hash === identity.value.head.hash) return done;
	if (log.length >= relay.limits.identityRecords) return refuse('full');
	const next = extendIdentity(identity.value, record);
	if (!next.ok) return refuse(next.error.type === 'broken-chain' ? 'conflict' : 'malformed');
	const previous = identity.value.head.hash;
	const added = await relay.store.appendIdentityRecord({ identity: next.value, previous, record: record.bytes });
	return added.ok ? done : refuse('conflict');
}

/** One's own, by a device that may also put other devices out. */
async function eraseIdentity({ relay, id }: Call<null>, session: Session): Promise<Answer> {
	if (id !== session.identity) return refuse('not-found');
	const own = (await loadIdentities(relay.store, [session.identity])).get(session.identity);
	if (!own || activeDevice(own, session.device)?.admin !== true) return refuse('not-found');
	const erased = await relay.store.eraseIdentity(session.identity, relay.clock());
	return erased.ok ? done : refuse(erased.error);
}

/** The verified identities of these ids; unknown ones are left out. */
export async function loadIdentities(
	store: RelayStore,
	ids: Iterable<IdentityId>
): Promise<ReadonlyMap<IdentityId, Identity>> {
	const known = new Map<IdentityId, Identity>();
	for (const id of ids) {
		const identity = readIdentityLog(await store.identityLog(id));
		if (identity.ok) known.set(id, identity.value);
	}
	return known;
}
