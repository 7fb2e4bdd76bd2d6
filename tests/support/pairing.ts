/** Two devices of one person walking through the pairing over a real relay, as the screens do. */
import { systemRandom } from '$lib/crypto/random';
import { must } from '$lib/domain/assert';
import {
	admit,
	answerCode,
	createNewDevice,
	digitsOf,
	readAdmission,
	readOffer,
	reveal,
	sayHello
} from '$lib/sync/pairing';
import { Party, type Answering } from './parties';
import { START } from './relay-world';

/** The value, or the name of what went wrong as an error. */
export function unwrap<T>(result: { ok: true; value: T } | { ok: false; error: { type: string } }): T {
	if (!result.ok) throw new Error(result.error.type);
	return result.value;
}

/** A further device of `old`'s person, let in and stored; nothing pulled yet. */
export async function pairWith(old: Party, relay: Answering, name = 'Dator'): Promise<Party> {
	const fresh = await Party.empty(relay);
	const me = createNewDevice({ random: systemRandom, now: () => START, space: fresh.space }, 'computer');
	unwrap(await sayHello(fresh.client, me, systemRandom));
	const waiting = unwrap(await answerCode({ relay: old.client, random: systemRandom }, await old.device(), me.code));
	const offer = must(unwrap(await readOffer(fresh.client, me)), 'the old device has answered');
	const shown = unwrap(await reveal(fresh.client, me, offer.bytes, systemRandom));
	if (unwrap(await digitsOf(old.client, waiting)) !== shown) throw new Error('the digits are not the same');
	unwrap(await admit(adminDeps(old), waiting, name));
	const admission = unwrap(await readAdmission(fresh.client, me, offer.offer, START));
	if (admission.type !== 'in') throw new Error(admission.type);
	await fresh.store.createDevice(admission.device, null);
	return fresh;
}

export const adminDeps = (old: Party) => ({
	store: old.store,
	relay: old.client,
	random: systemRandom,
	now: () => START
});
