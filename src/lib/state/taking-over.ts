/**
 * What becomes of a circle of one's own when the person takes over one that was begun for them: nobody has two. What they wrote
 * by themselves is stated again in the circle they take over, under the same ids, and the other is ended when all of it is there.
 * Stopped anywhere, it goes on from the start and nothing is there twice.
 */
import type { BookKind } from '$lib/domain/books';
import { isMeasureKind } from '$lib/domain/measures';
import { mayWriteKind } from '$lib/domain/rights';
import { ok, type Result } from '$lib/domain/result';
import type { CircleId } from '$lib/protocol/ids';
import type { Entry } from '$lib/protocol/entries';
import { bookOfKind, readableBooks, type CircleAccess } from '$lib/sync/circle-access';
import { OpenBook } from '$lib/sync/open-book';
import type { CircleState } from './circle-state.svelte';
import type { SaveError } from './circle-view';
import { endCircle, type EndError } from './holding';
import type { Session } from './session';

export interface OwnBefore {
	readonly readings: number;
	/**
	 * Why it cannot be moved: somebody else is in it or invited, it has a plan (of two plans nobody could say which holds), it
	 * goes on from an archive, or holds what only a newer app reads. Null: it can.
	 */
	readonly stays: 'shared' | 'plan' | 'earlier' | 'newer' | null;
}

interface Movable {
	readonly access: CircleAccess;
	readonly entries: readonly { readonly kind: BookKind; readonly entries: readonly Entry[] }[];
	readonly facts: OwnBefore;
}

/** What this device has in a circle of its person's own; null while there is none. */
export const ownBefore = async (session: Session): Promise<OwnBefore | null> => (await readOwn(session))?.facts ?? null;

async function readOwn(session: Session): Promise<Movable | null> {
	const own = (await session.store.readCircles()).find(({ standing }) => standing === 'mine');
	const access = own && (await session.openCircle(own.circle));
	if (!access?.member) return null;
	const entries: Movable['entries'][number][] = [];
	let [readings, unknown, hasPlan] = [0, 0, false];
	for (const { book, kind } of readableBooks(access)) {
		const { stated, observations, unknownEntries } = await OpenBook.open(session.store, access, book, kind);
		unknown += unknownEntries;
		if (isMeasureKind(kind)) readings += observations.length;
		hasPlan ||= kind === 'plan' && stated.length > 0;
		const said = stated.map(({ entry }) => entry).filter((entry) => mayWriteKind('owner', kind, entry.kind));
		if (kind !== 'log' && said.length > 0) entries.push({ kind, entries: said });
	}
	const { members, invites } = access.chain.head.body;
	const isShared = members.length > 1 || invites.length > 0;
	const hasEarlier = await session.store.earlier.hasAny();
	const stays = isShared ? 'shared' : hasPlan ? 'plan' : hasEarlier ? 'earlier' : unknown > 0 ? 'newer' : null;
	return { access, entries, facts: { readings, stays } };
}

/** Entries saved at a time: one transaction. */
const AT_A_TIME = 400;

/** Circles that are being moved into: one that changes meanwhile is not begun on again. */
const underWay = new Set<string>();

/** True when the circle has become the person's own, and what they had is in it. Once at a time. */
export async function takeOver(session: Session, taken: CircleState): Promise<boolean> {
	const { id } = taken;
	if (underWay.has(id)) return false;
	underWay.add(id);
	const moved = await moveOwnInto(session, taken).finally(() => underWay.delete(id));
	if (!moved.ok || moved.value === 'kept') return false;
	// Its head has not moved by it: only an engine that has seen nothing yet looks, and says that it was taken over.
	session.beginAnew();
	session.announce({ type: 'changed', circle: id as CircleId, keys: true, books: [] });
	session.announce({ type: 'outbox' });
	return true;
}

/** Makes a circle that was taken over the person's own. `kept`: theirs of before stays, and both are here. */
export async function moveOwnInto(
	session: Session,
	taken: CircleState
): Promise<Result<'moved' | 'kept', SaveError | EndError>> {
	const { access } = taken;
	if (!access) return ok('kept');
	const own = await readOwn(session);
	if (own?.facts.stays) return ok('kept');
	if (own) {
		const moved = await stateAgain(session, own, taken, access);
		if (!moved.ok) return moved;
		const ended = await endCircle(session, own.access);
		if (!ended.ok) return ended;
	}
	const stands = await session.store.updateCircle(access.chain.circle, (now) => ({
		...(now ?? access.keys),
		standing: 'mine'
	}));
	return stands.ok ? ok('moved') : stands;
}

async function stateAgain(
	session: Session,
	own: Movable,
	taken: CircleState,
	access: CircleAccess
): Promise<Result<void, SaveError>> {
	for (const { kind, entries } of own.entries) {
		const book = bookOfKind(access, kind);
		const there = book ? (await OpenBook.open(session.store, access, book, kind)).stated : [];
		const known = new Set(there.map(({ entry }) => entry.id));
		const missing = entries.filter(({ id }) => !known.has(id));
		for (let at = 0; at < missing.length; at += AT_A_TIME) {
			const saved = await taken.restore(kind, missing.slice(at, at + AT_A_TIME));
			if (!saved.ok) return saved;
		}
	}
	return ok(undefined);
}
