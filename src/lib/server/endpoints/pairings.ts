/** Mailboxes for two devices of one person (docs/protocol.md 12). The relay knows neither whose they are nor what is in them. */
import type * as z from 'zod/mini';
import { toBase64url } from '$lib/crypto/bytes';
import { PAIRING_LIFE_MS, putPairingSchema } from '$lib/protocol/api/pairings';
import { hashSchema, idBytes, type Hash } from '$lib/protocol/ids';
import { done, json, refuse, type Answer } from '../http';
import { openJsonRoute, openRoute, type Call, type Route } from '../route';

export const pairingRoutes: readonly Route[] = [
	openJsonRoute({ method: 'PUT', path: 'pairings/:id' }, putPairingSchema, putNote),
	openRoute({ method: 'GET', path: 'pairings/:id' }, readNotes)
];

async function putNote({ relay, id, body, address }: Call<z.infer<typeof putPairingSchema>>): Promise<Answer> {
	if (!hashSchema.safeParse(id).success) return refuse('not-found');
	const wait = body.step === 0 ? await relay.rates.count('pairing', address) : null;
	if (wait !== null) return refuse('too-many', { retryAfterS: wait });
	const now = relay.clock();
	const put = await relay.store.putPairingNote({
		id: id as Hash,
		step: body.step,
		ct: idBytes(body.ct),
		now,
		exp: now + PAIRING_LIFE_MS,
		most: relay.limits.pairings
	});
	return put.ok ? done : refuse(put.error);
}

async function readNotes({ relay, id }: Call<null>): Promise<Answer> {
	const notes = hashSchema.safeParse(id).success ? await relay.store.pairingNotes(id as Hash, relay.clock()) : [];
	return notes.length > 0 ? json({ notes: notes.map(toBase64url) }) : refuse('not-found');
}
