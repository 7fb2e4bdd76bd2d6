import { beforeEach, expect, test } from 'vitest';
import { must } from '$lib/domain/assert';
import type { MeasureKind } from '$lib/domain/measures';
import type { Observation } from '$lib/domain/observation';
import { err, ok, type Result } from '$lib/domain/result';
import { DAY_MS, effectiveAt, localDate } from '$lib/domain/time';
import { valueWithUnit } from '$lib/i18n/measure-words';
import { overwriteGetLocale } from '$lib/i18n/paraglide/runtime';
import type { CircleId, DeviceId, IdentityId } from '$lib/protocol/ids';
import type { Held } from '$lib/state/held';
import type { SeenReceipt } from '$lib/state/circle-books.svelte';
import { CirclePlan } from '$lib/state/circle-plan.svelte';
import type { SaveError } from '$lib/state/circle-view';
import { summarise, type SummarisedCircle } from '$lib/state/panel/summarise';
import { Panel, type PanelDeps } from './panel.svelte';
import { panelKey } from './panel-keys';
import { ageWords, countWords, fetchedWords, reasonWords, shownValues, titleWords } from './panel-words';
import type { ListedCircle } from './patient.svelte';

const zone = 'Europe/Stockholm';
const now = Date.parse('2025-11-17T08:04:00+01:00');
const moment = { utc: now, offset: 60 };
const me = 'unit' as IdentityId;
const device = 'staff' as DeviceId;
const plain = (text: string) => text.replaceAll('\u00a0', ' ');

beforeEach(() => overwriteGetLocale(() => 'sv'));

const refused = () => Promise.resolve(err({ type: 'not-allowed' as const }));

/** Somebody who shares, in memory. */
class MemoryPatient implements ListedCircle, SummarisedCircle {
	readonly series = [];
	readonly measures: MeasureKind[] = ['bloodPressure', 'weight'];
	readonly person = null;
	readonly changes = [];
	readonly me = null;
	readonly mine = false;
	planBook: SummarisedCircle['planBook'] = $state.raw(null);
	readonly adjustments = [];
	readonly sharedFrom = () => null;
	readonly canWrite = () => false;
	readonly erasedAt = null;
	readonly isOwn = () => false;
	readonly nameOf = () => null;
	readonly sayOfPlan = refused;
	readonly noteAdjustment = refused;
	readonly voidAdjustment = refused;
	readonly memberSince = now - 40 * DAY_MS;
	standing: SummarisedCircle['standing'] = $state('joined');
	receipts: readonly SeenReceipt[] = $state.raw([]);
	failure: SaveError | null = null;
	#observations: readonly Observation[] = $state.raw([]);

	readonly id: CircleId;

	constructor(
		id: string,
		readonly personName: string | null = id,
		readonly held: Held | null = null
	) {
		this.id = id as CircleId;
	}

	get summary() {
		return summarise(this, new CirclePlan(this), { identity: me, today: localDate(effectiveAt(now, zone)), zone });
	}

	/** Measured so many days ago. */
	weighs(...daysAgo: number[]): this {
		this.#observations = [
			...this.#observations,
			...daysAgo.map((days): Observation => ({
				id: `${this.id}${days}`,
				measure: 'weight',
				values: { weight: 70 + days },
				effective: effectiveAt(now - days * DAY_MS - 60_000, zone),
				source: { kind: 'manual' },
				device: 'd',
				amended: false,
				conflicting: false
			}))
		];
		return this;
	}

	observations(measure: MeasureKind): readonly Observation[] {
		return this.#observations.filter((each) => each.measure === measure);
	}

	seen(daysAgo: number, by: IdentityId = me): this {
		const at = now - daysAgo * DAY_MS;
		const until = Math.max(0, ...this.#observations.map(({ effective }) => effective.utc).filter((utc) => utc <= at));
		this.receipts = [
			{ outcome: 'seen', at, name: 'Anna', next: null, by, device, until: { weight: until } },
			...this.receipts
		];
		return this;
	}

	mark(): Promise<Result<void, SaveError>> {
		if (this.failure) return Promise.resolve(err(this.failure));
		this.seen(0);
		return Promise.resolve(ok(undefined));
	}

	asks(): this {
		this.standing = 'invited';
		return this;
	}
}

function open(circles: readonly MemoryPatient[], deps: Partial<PanelDeps<MemoryPatient>> = {}) {
	const answers: string[] = [];
	let listed = $state.raw(circles);
	const patients = {
		get list() {
			return listed;
		},
		reading: null,
		open: () => Promise.resolve(null),
		answer: (circle: MemoryPatient, answer: 'joined' | 'declined') => {
			answers.push(`${circle.id} ${answer}`);
			circle.standing = answer;
			return Promise.resolve(ok(undefined));
		}
	};
	const app = { patients, device: { identity: me }, signature: 'Anna' };
	const panel = new Panel<MemoryPatient>({ app, show: () => null, now: () => now, zone, locale: () => 'sv', ...deps });
	return { panel, answers, arrive: (circle: MemoryPatient) => (listed = [...listed, circle]) };
}

const ids = (panel: Panel<MemoryPatient>) => panel.shown.map(({ id }) => id);
const asker = () => new MemoryPatient('asker').asks();
const measurer = () => new MemoryPatient('measurer').weighs(1);
const silent = () => new MemoryPatient('silent').weighs(20).seen(10);
const settled = () => new MemoryPatient('settled').weighs(1).seen(0);

test('the list holds those who need somebody, in order, and counts all filters', () => {
	const { panel } = open([settled(), silent(), measurer(), asker()]);
	expect(ids(panel)).toEqual(['asker', 'measurer', 'silent']);
	expect(panel.counts).toEqual({ needs: 3, red: 0, yellow: 0, asked: 0, invited: 1, silent: 1, all: 4 });
});

test('the address chooses the filter, and an unknown one is Behöver dig', () => {
	let show = $state<string | null>('all');
	const { panel } = open([settled(), measurer()], { show: () => show });
	expect(ids(panel)).toEqual(['measurer', 'settled']);
	show = 'hidden';
	expect(panel.filter).toBe('needs');
	expect(ids(panel)).toEqual(['measurer']);
});

test('a search looks among everyone, whatever the filter', () => {
	const { panel } = open([new MemoryPatient('a', 'Åsa Öst').weighs(1).seen(0), measurer()]);
	panel.query = ' ÖST ';
	expect(ids(panel)).toEqual(['a']);
});

test('a circle that arrives, and a value that arrives, change the list at once', () => {
	const quiet = settled();
	const { panel, arrive } = open([quiet]);
	expect(ids(panel)).toEqual([]);
	quiet.weighs(-0.001);
	expect(ids(panel)).toEqual(['settled']);
	arrive(asker());
	expect(ids(panel)).toEqual(['asker', 'settled']);
});

test('another unit’s look is not ours', () => {
	const { panel } = open([new MemoryPatient('x').weighs(1).seen(0, 'other' as IdentityId)]);
	expect(ids(panel)).toEqual(['x']);
});

test('j and k stop at the ends, and begin at the top', () => {
	const { panel } = open([measurer(), silent()]);
	expect([panel.move(1), panel.move(1), panel.move(1), panel.move(-1), panel.move(-1)]).toEqual([
		'measurer',
		'silent',
		'silent',
		'measurer',
		'measurer'
	]);
	expect(open([]).panel.move(1)).toBeNull();
});

test('marking as seen takes the row away and selects the next; a mark that fails changes nothing', async () => {
	const first = measurer();
	const { panel } = open([first, silent()]);
	panel.move(1);
	first.failure = { type: 'storage-full' };
	expect(await panel.markSeen('measurer')).toEqual(err({ type: 'storage-full' }));
	expect([panel.selected, panel.shown.length]).toEqual(['measurer', 2]);
	first.failure = null;
	await panel.markSeen('measurer');
	expect([panel.selected, ids(panel)]).toEqual(['silent', ['silent']]);
	await panel.markSeen('silent');
	expect([panel.selected, ids(panel)]).toEqual([null, []]);
});

test('somebody who is not accepted cannot be marked as seen', async () => {
	const { panel } = open([asker()]);
	expect(await panel.markSeen('asker')).toBeNull();
	expect(await panel.markSeen('nobody')).toBeNull();
});

test('an accepted person moves from Ny: vill dela into the list', async () => {
	const { panel, answers } = open([asker().weighs(1), measurer()]);
	await panel.answer(must(panel.shown[0], 'somebody asks'), 'joined');
	expect(answers).toEqual(['asker joined']);
	expect(panel.counts.invited).toBe(0);
	expect(panel.find('asker')?.need.reason).toBe('new');
});

test('going through the list keeps its order while rows are marked', async () => {
	const { panel } = open([measurer(), silent(), new MemoryPatient('third').weighs(3)]);
	expect(ids(panel)).toEqual(['third', 'measurer', 'silent']);
	panel.startRound('third');
	await panel.markSeen('third');
	panel.startRound('measurer');
	expect(panel.place('measurer')).toEqual({ position: 2, total: 3, previous: 'third', next: 'silent' });
	panel.endRound();
	panel.startRound('measurer');
	expect(panel.place('measurer')).toEqual({ position: 1, total: 2, previous: null, next: 'silent' });
});

test('a person outside the round has no number, and the way on leads into it', () => {
	const { panel } = open([measurer(), settled()]);
	panel.startRound('settled');
	expect(panel.place('settled')).toEqual({ position: null, total: 1, previous: null, next: 'measurer' });
});

test('reasons say what is new, how long it has been silent and when the unit looked', () => {
	const words = (circle: MemoryPatient) => {
		const { reason, detail } = reasonWords(must(open([circle]).panel.find(circle.id), 'in the list'), moment);
		return plain(`${reason} ${detail}`);
	};
	expect(words(new MemoryPatient('a').weighs(2, 1))).toBe('2 nya vikter. Ingen här har tittat än.');
	expect(words(new MemoryPatient('b').weighs(9))).toBe('1 ny vikt. Tyst i 9 dagar. Ingen här har tittat än.');
	expect(words(silent())).toBe('Tyst i 20 dagar. Sett 7 november.');
	expect(words(settled())).toBe('Inget nytt. Sett i dag.');
	expect(words(new MemoryPatient('c'))).toBe('Inga värden på 40 dagar. Ingen här har tittat än.');
});

test('a value stands without what came along with it, and answers stand with every one that was given', () => {
	expect(shownValues('bloodPressure', { systolic: 134, diastolic: 78, pulse: 64 })).toEqual({
		systolic: 134,
		diastolic: 78
	});
	expect(shownValues('pulse', { systolic: 134, diastolic: 78, pulse: 64 })).toEqual({ pulse: 64 });
	const symptoms = { breathlessness: 3, chestPain: 1, pillows: 2 };
	expect(shownValues('symptoms', symptoms)).toEqual(symptoms);
	expect(valueWithUnit('symptoms', shownValues('symptoms', symptoms))).toBe('2 symtom');
	expect(valueWithUnit('habits', shownValues('habits', { fish: 0, fruit: 2 }))).toBe('2 svar');
});

test('the heading counts, and names the filter when nobody is there', () => {
	const titles = (isReading: boolean) => [
		titleWords('needs', 1, isReading),
		titleWords('invited', 2, isReading),
		titleWords('silent', 0, isReading)
	];
	expect(titles(false)).toEqual(['1 behöver dig', '2 nya vill dela', 'Tyst för länge']);
	expect(titles(true)).toEqual(['Minst 1 behöver dig', 'Minst 2 nya vill dela', 'Tyst för länge']);
	expect([0, 8].map((count) => countWords(count, false))).toEqual(['0', '8']);
	// While people are read, nobody in the red zone is no answer.
	expect([0, 8].map((count) => countWords(count, true))).toEqual(['…', '8+']);
});

test('how fresh the list is, and what stands there when the relay is not reached', () => {
	const words = (...[status, at]: [Parameters<typeof fetchedWords>[0], number | null]) =>
		plain(fetchedWords(status, at, moment));
	expect(words('local', null)).toBe('Hämtar …');
	expect(words('syncing', now)).toBe('Hämtat kl. 08.04.');
	expect(words('unreachable', now)).toBe('Når inte servern. Visar det som hämtades kl. 08.04.');
	expect(words('unreachable', now - DAY_MS)).toBe('Når inte servern. Visar det som hämtades i går kl. 08.04.');
	expect(words('unreachable', null)).toBe('Når inte servern. Visar det som finns på den här enheten.');
});

test('a value from today has its clock, an old one its day', () => {
	expect(plain(ageWords({ utc: now - 60_000, offset: 60 }, moment))).toBe('i dag kl. 08.03');
	expect(plain(ageWords({ utc: now - 9 * DAY_MS, offset: 60 }, moment))).toBe('8 november');
});

test('keys act alone: not in fields, not with a modifier, and a held e marks once', () => {
	const press = {
		key: 'j',
		ctrlKey: false,
		metaKey: false,
		altKey: false,
		repeat: false,
		isComposing: false,
		defaultPrevented: false
	};
	expect(panelKey(press, false)).toBe('next');
	expect(panelKey({ ...press, key: 'K' }, false)).toBe('previous');
	expect(panelKey({ ...press, key: 'e' }, false)).toBe('seen');
	expect(panelKey({ ...press, key: 'e', repeat: true }, false)).toBeNull();
	expect(panelKey({ ...press, repeat: true }, false)).toBe('next');
	expect(panelKey(press, true)).toBeNull();
	expect(panelKey({ ...press, ctrlKey: true }, false)).toBeNull();
	expect(panelKey({ ...press, key: 'Enter' }, false)).toBeNull();
});
