/**
 * A care unit's patients for B4: each with a device, a circle, a plan and ninety days of readings, one signed frame a save,
 * made by the app's own modules and sent to a running relay. No database of theirs is kept: nobody looks at their side.
 */
import { systemRandom } from '$lib/crypto/random';
import { must } from '$lib/domain/assert';
import type { BookKind } from '$lib/domain/books';
import { emptyPlan, type Plan } from '$lib/domain/plan/plan';
import { proposedAccess } from '$lib/domain/rights';
import { DAY_MS, effectiveAt } from '$lib/domain/time';
import type { Entry } from '$lib/protocol/entries';
import type { Frame } from '$lib/protocol/frame';
import { idBytes, newId, type BookId, type EntryId, type IdentityId } from '$lib/protocol/ids';
import { createProposal } from '$lib/protocol/plan-entries';
import { emptyHead, type HeadRow } from '$lib/storage/database';
import type { CircleKeys, DeviceKeys, KnownIdentity } from '$lib/storage/keyring';
import { after, sealAfter, type WriteContext } from '$lib/storage/record';
import { bookOfKind, identityFrom, openCircle, type CircleAccess } from '$lib/sync/circle-access';
import { createCircle, createDevice } from '$lib/sync/create';
import { envelopesFor } from '$lib/sync/envelopes';
import { addMembers } from '$lib/sync/membership';
import { RelayClient } from '$lib/sync/relay-client';
import { writeContext } from '$lib/sync/write-context';

const ZONE = 'Europe/Stockholm';
const DAYS = 90;
const SHARED: readonly BookKind[] = ['bloodPressure', 'weight', 'pulse', 'plan', 'medicines', 'profile', 'log'];
/** Frames in one request: as a device sends what has waited. */
const AT_ONCE = 180;
/** Patients whose devices work at the same time: one signs while the relay checks another's. */
const SIDE_BY_SIDE = 4;

/** What the unit's device holds once everybody has shared with it and been taken in. */
export interface UnitDevice {
	readonly device: DeviceKeys;
	readonly circles: readonly CircleKeys[];
	readonly identities: readonly KnownIdentity[];
}

export interface PanelWorld {
	readonly unit: UnitDevice;
	/** Sends ninety days of readings of everybody. How many frames that were. */
	readonly sendReadings: () => Promise<number>;
	/** One more blood pressure of one patient. Resolves with when the relay had it, as UTC milliseconds. */
	readonly sendOne: (patient: number, systolic: number) => Promise<number>;
	/** A token of the unit's device, for who speaks to the relay without the app. */
	readonly token: () => Promise<string>;
}

export interface WorldOptions {
	readonly origin: string;
	readonly circles: number;
	/** The token of the unit's enrolment link. */
	readonly enrolment: string;
	readonly unit: string;
}

/** Registers unit and patients; each has shared with the unit and written a plan, and recorded nothing yet. */
export async function makePanelWorld({ origin, circles, enrolment, unit }: WorldOptions): Promise<PanelWorld> {
	const now = Date.now();
	// A connection the server has closed while this process signed is opened once more; a push may be made twice (R2).
	const again = (url: string, init: RequestInit) => fetch(url, init).catch(() => fetch(url, init));
	const clientOf = () => new RelayClient({ fetch: again, origin, now: Date.now, timeoutMs: 0 });
	const made = createDevice({ random: systemRandom, now: () => now, space: 'real' }, 'unit');
	const unitClient = clientOf();
	sent(await unitClient.registerIdentity(must(made.log[0], 'a genesis'), enrolment));
	unitClient.useLogin({ identity: made.identity, device: made.device, signSecret: idBytes(made.sign) });
	const patients: Patient[] = [];
	await sideBySide(circles, async (n) => {
		patients[n] = await Patient.share(
			clientOf(),
			made,
			`Patient ${String(n + 1).padStart(3, '0')}`,
			now - DAYS * DAY_MS
		);
	});
	return {
		unit: {
			device: {
				...made,
				relayOn: true,
				relay: { ...made.relay, registered: true, logSent: 1 },
				unit: { name: unit, contact: 'Anna Bergqvist', phone: '', hours: '', enrolment: null }
			},
			circles: patients.map((patient) => patient.forUnit),
			identities: patients.map(({ identity }) => identity)
		},
		async sendReadings() {
			let frames = 0;
			await sideBySide(circles, async (n) => {
				const sentNow = await must(patients[n], 'a patient').sendReadings(n, now);
				frames += sentNow;
			});
			return frames;
		},
		sendOne: (patient, systolic) => must(patients[patient], 'a patient').sendOne(systolic),
		token: () => tokenOf(origin, made)
	};
}

class Patient {
	readonly identity: KnownIdentity;
	readonly forUnit: CircleKeys;
	readonly #client: RelayClient;
	readonly #access: CircleAccess;
	readonly #context: WriteContext;
	readonly #heads = new Map<BookId, HeadRow>();

	private constructor(client: RelayClient, device: DeviceKeys, access: CircleAccess, unit: IdentityId) {
		this.#client = client;
		this.#access = access;
		this.#context = writeContext(access, device, null);
		this.identity = { v: 1, identity: device.identity, log: device.log };
		const given = must(
			access.chain.head.body.members.find((member) => member.identity === unit),
			'the unit is in'
		).rights.map(({ book }) => book);
		this.forUnit = {
			...access.keys,
			standing: 'joined',
			published: true,
			keys: access.keys.keys.filter(({ book }) => given.includes(book))
		};
	}

	/** A person begins a circle, lets the unit in and says a plan of their own. */
	static async share(client: RelayClient, unit: DeviceKeys, name: string, at: number): Promise<Patient> {
		const deps = { random: systemRandom, now: () => at, space: 'real' as const };
		const device = createDevice(deps, 'person');
		const circle = createCircle(deps, device, idBytes(device.sign));
		sent(await client.registerIdentity(must(device.log[0], 'a genesis'), null));
		client.useLogin({ identity: device.identity, device: device.device, signSecret: idBytes(device.sign) });
		const self = must(identityFrom(device.log, device.identity), 'the own log verifies');
		const other = must(identityFrom(unit.log, unit.identity), 'the log of the unit verifies');
		const opened = opens(circle, [self], device);
		const books = circle.keys.map(({ book }) => book);
		sent(await client.createCircle(circle.manifests, await envelopesFor(opened, self, books)));
		const rights = SHARED.map((kind) => ({
			book: must(bookOfKind(opened, kind), 'a book of every kind'),
			access: must(proposedAccess('careContact', kind), 'what a care contact is proposed')
		}));
		const member = { identity: other, role: 'careContact' as const, rights, person: { name: 'Mottagningen' } };
		const step = await addMembers(opened, device, [member], name, deps);
		sent(await client.extendCircle(circle.circle, step.manifest, step.envelopes));
		const row = { ...circle, manifests: [...circle.manifests, step.manifest] };
		const patient = new Patient(client, device, opens(row, [self, other], device), unit.identity);
		await patient.#send([patient.#seal('plan', patient.#planOf(at))]);
		return patient;
	}

	/** Two pressures with their pulse, a weight and a pulse each day, each saved by itself. How many frames that were. */
	async sendReadings(seed: number, now: number): Promise<number> {
		const frames: Frame[] = [];
		for (let day = DAYS - 1; day >= 0; day -= 1) {
			const wave = Math.round(6 * Math.sin((day + seed) / 5) + 6 * Math.random());
			const morning = now - day * DAY_MS - 2 * 3_600_000;
			const at = (minutes: number) => effectiveAt(morning + minutes * 60_000, ZONE);
			frames.push(
				this.#seal('weight', reading('weight', { weight: 70 + (seed % 20) + wave / 10 }, { weight: 'kg' }, at(0))),
				this.#seal('bloodPressure', pressure(124 + (seed % 30) + wave, at(4))),
				this.#seal('pulse', reading('pulse', { pulse: 62 + wave }, { pulse: '/min' }, at(30))),
				this.#seal('bloodPressure', pressure(128 + (seed % 30) + wave, at(50)))
			);
		}
		for (let from = 0; from < frames.length; from += AT_ONCE) await this.#send(frames.slice(from, from + AT_ONCE));
		return frames.length;
	}

	async sendOne(systolic: number): Promise<number> {
		await this.#send([this.#seal('bloodPressure', pressure(systolic, effectiveAt(Date.now(), ZONE)))]);
		return Date.now();
	}

	#planOf(at: number): Entry {
		const facts = { id: newId<EntryId>(systemRandom), manifest: this.#access.chain.head.hash, at };
		const proposal = createProposal({ ...facts, plan: PLAN, base: null, over: [], careContact: null });
		return must(proposal.ok ? proposal.value : null, 'the plan can be written');
	}

	#seal(kind: BookKind, entry: Entry): Frame {
		const book = must(bookOfKind(this.#access, kind), 'a book of every kind');
		const head = this.#heads.get(book) ?? emptyHead(this.#access.chain.circle, book);
		const frame = sealAfter(this.#context, head, { type: 'batch', entries: [entry] }, systemRandom);
		this.#heads.set(book, after(head, frame));
		return frame;
	}

	async #send(frames: readonly Frame[]): Promise<void> {
		// One book at a time, as the engine does.
		const books = [...new Set(frames.map(({ header }) => header.book))];
		for (const book of books)
			sent(await this.#client.push(frames.flatMap(({ header, bytes }) => (header.book === book ? [bytes] : []))));
	}
}

/** Two high pressures in a week, a weight that rises, or silence: what a plan for high blood pressure asks. */
const PLAN: Plan = {
	...emptyPlan('hypertension'),
	rules: [
		{
			id: 'high',
			zone: 'yellow',
			least: 1,
			clauses: [
				{
					id: 'high-1',
					kind: 'value',
					measure: 'bloodPressure',
					field: 'systolic',
					relation: 'atLeast',
					limit: 150,
					readings: 2,
					withinDays: 7
				},
				{ id: 'high-2', kind: 'weightGain', kg: 2, days: 3 }
			],
			steps: [{ kind: 'call', contact: '1177' }]
		}
	]
};

const pressure = (systolic: number, effective: ReturnType<typeof effectiveAt>): Entry =>
	reading(
		'bloodPressure',
		{ systolic, diastolic: Math.round(systolic * 0.6), pulse: 64 },
		{ systolic: 'mm[Hg]', diastolic: 'mm[Hg]', pulse: '/min' },
		effective
	);

const reading = (
	measure: 'bloodPressure' | 'weight' | 'pulse',
	values: Record<string, number>,
	units: Record<string, string>,
	effective: ReturnType<typeof effectiveAt>
): Entry => ({
	kind: 'obs.add',
	v: 1,
	id: newId<EntryId>(systemRandom),
	measure,
	values,
	units,
	effective,
	source: { kind: 'manual' }
});

function opens(row: CircleKeys, known: readonly ReturnType<typeof identityFrom>[], device: DeviceKeys): CircleAccess {
	const identities = new Map(known.flatMap((identity) => (identity ? [[identity.id, identity] as const] : [])));
	const opened = openCircle(row, identities, device);
	return must(opened.ok ? opened.value : null, 'the circle opens');
}

/** A login is a closed matter of the client's: this takes the token from its first call. */
async function tokenOf(origin: string, device: DeviceKeys): Promise<string> {
	let token = '';
	const client = new RelayClient({
		fetch: (url, init) => {
			token = new Headers(init.headers).get('authorization')?.replace('Bearer ', '') ?? token;
			return fetch(url, init);
		},
		origin,
		now: Date.now,
		timeoutMs: 0
	});
	client.useLogin({ identity: device.identity, device: device.device, signSecret: idBytes(device.sign) });
	sent(await client.heads());
	return token;
}

async function sideBySide(count: number, work: (n: number) => Promise<void>): Promise<void> {
	let next = 0;
	const run = async () => {
		while (next < count) await work(next++);
	};
	await Promise.all(Array.from({ length: SIDE_BY_SIDE }, run));
}

function sent(answer: { readonly ok: boolean; readonly error?: unknown }): void {
	if (!answer.ok) throw new Error(`The relay did not take it: ${JSON.stringify(answer.error)}`);
}
