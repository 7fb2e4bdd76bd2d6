/**
 * Builds the demo through the real engine and the running relay: identities, circles, sealed frames, a unit that accepts.
 * Nothing here is special to the demo but the invented values.
 */
import { createRecoveryCode } from '$lib/crypto/recovery-code';
import { must } from '$lib/domain/assert';
import { err, ok, type Result } from '$lib/domain/result';
import { proposedAccess, sharedWithEveryMember } from '$lib/domain/rights';
import { measureKinds } from '$lib/domain/measures';
import { readIdentityLog, type Identity } from '$lib/protocol/identity-log';
import { idBytes } from '$lib/protocol/ids';
import { LocalStore } from '$lib/storage/local-store';
import { bookOfKind, type CircleAccess } from '$lib/sync/circle-access';
import { addMembers, type NewMember } from '$lib/sync/membership';
import type { SyncError } from '$lib/sync/engine';
import { CirclePlan } from '../circle-plan.svelte';
import { CircleState } from '../circle-state.svelte';
import { Session, type SessionDeps, type SessionEvents } from '../session';
import { setRecoveryCode } from '../sharing';
import { answerCircle, enrolUnit } from '../unit';
import { anna, demoPatients, demoSpaces, marta, sara, type DemoPatient } from './people';
import { demoPlan } from './plans';
import { demoProtocol, demoReadings, firstSeriesDay, nextReading } from './readings';

export type DemoError =
	SyncError | { readonly type: 'cancelled' } | { readonly type: 'not-allowed' } | { readonly type: 'device-taken' };

export interface DemoProgress {
	readonly done: number;
	readonly total: number;
}

export interface DemoDeps extends SessionDeps {
	readonly zone: string;
}

const SEED = 46;
const quiet: SessionEvents = {
	onChange: () => undefined,
	onDevice: () => undefined,
	onStatus: () => undefined,
	onErased: () => undefined,
	onLock: () => undefined
};

/** A step failed in an expected way; caught at the one place that answers. */
class DemoStop extends Error {
	constructor(readonly reason: DemoError) {
		super('The demo could not be built');
	}
}

export interface DemoWorld {
	/** Id of Märta's circle, which Sara has joined. */
	readonly martasCircle: string | null;
}

/** Makes the whole demo anew. On failure or cancel nothing of it is left on the device. */
export async function buildDemo(
	deps: DemoDeps,
	onProgress: (progress: DemoProgress) => void,
	signal: AbortSignal
): Promise<Result<DemoWorld, DemoError>> {
	const total = demoPatients.length + 3;
	let done = 0;
	const step = () => {
		if (signal.aborted) throw new DemoStop({ type: 'cancelled' });
		onProgress({ done, total });
		done += 1;
	};
	try {
		step();
		await eraseDemo(deps);
		step();
		const unit = await inSpace(anna.space, deps, makeUnit);
		const relative = await inSpace(sara.space, deps, makeRelative);
		for (const patient of demoPatients) {
			step();
			await inSpace(patient.space, deps, (session) => makePatient(session, patient, unit, relative, deps));
		}
		step();
		const [martasCircle = null] = await inSpace(sara.space, deps, joinAll);
		await inSpace(anna.space, deps, acceptAll);
		onProgress({ done: total, total });
		return ok({ martasCircle });
	} catch (error) {
		if (!(error instanceof DemoStop)) throw error;
		await eraseDemo(deps);
		return err(error.reason);
	}
}

/** Removes every demo space from this device. */
export async function eraseDemo(deps: Pick<SessionDeps, 'markers'>): Promise<void> {
	for (const space of demoSpaces) await LocalStore.erase(space, deps.markers);
}

/** Märta measures once more, now, and sends it. Used while somebody else's screen is open. */
export async function measureOnce(deps: DemoDeps): Promise<Result<void, DemoError>> {
	try {
		await inSpace(marta.space, deps, async (session) => {
			const circle = await ownCircle(session);
			const draft = nextReading(circle.observations('bloodPressure').at(-1), deps.now(), deps.zone, Math.random);
			orStop(await circle.record(draft));
			orStop(await session.sync());
		});
		return ok(undefined);
	} catch (error) {
		if (error instanceof DemoStop) return err(error.reason);
		throw error;
	}
}

async function makeUnit(session: Session): Promise<Identity> {
	orStop(
		await enrolUnit(session, { t: '', unit: anna.unit, contact: anna.contact, phone: anna.phone, hours: anna.hours })
	);
	return ownIdentity(session);
}

async function makeRelative(session: Session): Promise<Identity> {
	orStop(await setRecoveryCode(session, createRecoveryCode(session.random)));
	orStop(await session.sync());
	return ownIdentity(session);
}

async function makePatient(
	session: Session,
	patient: DemoPatient,
	unit: Identity,
	relative: Identity,
	deps: DemoDeps
): Promise<void> {
	const seed = SEED + demoPatients.indexOf(patient);
	orStop(await setRecoveryCode(session, createRecoveryCode(session.random)));
	const circle = await ownCircle(session);
	const week = firstSeriesDay(patient, deps.now(), deps.zone);
	if (week) orStop(await circle.startSeries(demoProtocol, week));
	orStop(await circle.recordMany(demoReadings(patient, deps.now(), deps.zone, seed)));
	const plan = demoPlan(patient, deps.now(), deps.zone);
	if (plan) orStop(await new CirclePlan(circle).propose(plan, null, unit.id));
	orStop(await session.sync());
	await circle.load();
	const access = must(circle.access, 'a circle of one’s own can be opened');
	const device = must(await session.device(), 'a circle of one’s own comes with a device');
	const members = [unitMember(access, unit, patient), ...(patient === marta ? [relativeMember(access, relative)] : [])];
	const change = await addMembers(access, device, members, patient.name, session);
	orStop(await session.relay.extendCircle(access.chain.circle, change.manifest, change.envelopes));
	session.relay.forgetHeads();
	orStop(await session.sync());
}

const unitMember = (access: CircleAccess, identity: Identity, patient: DemoPatient): NewMember => ({
	identity,
	role: 'careContact',
	rights: [...patient.shares, 'plan' as const, 'medicines' as const, ...sharedWithEveryMember].flatMap((kind) => {
		const book = bookOfKind(access, kind);
		const given = proposedAccess('careContact', kind);
		return book && given ? [{ book, access: given }] : [];
	}),
	person: { name: anna.contact, relation: anna.unit, phone: anna.phone, hours: anna.hours, verified: 'scanned' }
});

/** Sara reads everything, writes weight for her mother, and may propose changes of the plan. */
const relativeMember = (access: CircleAccess, identity: Identity): NewMember => ({
	identity,
	role: 'relative',
	rights: [...measureKinds, 'plan' as const, 'medicines' as const, ...sharedWithEveryMember].flatMap((kind) => {
		const book = bookOfKind(access, kind);
		const given = kind === 'weight' ? ('w' as const) : proposedAccess('relative', kind);
		return book && given ? [{ book, access: given }] : [];
	}),
	person: { name: sara.name, relation: sara.relation, verified: 'compared' }
});

/** The ids of the circles that were joined. */
async function joinAll(session: Session): Promise<readonly string[]> {
	orStop(await session.sync());
	const invited = (await session.store.readCircles()).filter(({ standing }) => standing === 'invited');
	for (const { circle } of invited) orStop(await answerCircle(session, circle, 'joined'));
	return invited.map(({ circle }) => circle);
}

async function acceptAll(session: Session): Promise<void> {
	orStop(await session.sync());
	const accepted = new Set(demoPatients.filter((patient) => patient.isAccepted).map((patient) => patient.name));
	for (const row of await session.store.readCircles()) {
		const circle = new CircleState(session, row.circle);
		await circle.load();
		if (!accepted.has(circle.personName ?? '')) continue;
		orStop(await answerCircle(session, row.circle, 'joined'));
		orStop(await circle.mark('accepted', anna.contact));
		const plan = new CirclePlan(circle);
		for (const version of plan.toAnswer) orStop(await plan.accept(version));
	}
	orStop(await session.sync());
}

async function ownCircle(session: Session): Promise<CircleState> {
	const id = orStop(await session.ensureOwnCircle());
	const circle = new CircleState(session, id);
	await circle.load();
	return circle;
}

async function ownIdentity(session: Session): Promise<Identity> {
	const device = must(await session.device(), 'an identity was just made');
	return orStop(readIdentityLog(device.log.map(idBytes)));
}

async function inSpace<T>(
	space: Session['space'],
	deps: SessionDeps,
	work: (session: Session) => Promise<T>
): Promise<T> {
	const session = orStop(await Session.open(space, deps, quiet));
	try {
		return await work(session);
	} finally {
		session.close();
	}
}

function orStop<T>(result: Result<T, { readonly type: string }>): T {
	if (result.ok) return result.value;
	throw new DemoStop(result.error as DemoError);
}
