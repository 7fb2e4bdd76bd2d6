/**
 * The app in one tab: which space is open, the circles in it, how the sync stands. Screens get it by `getApp()`.
 *
 * Beyond 400 lines with its comments: opening, locking, erasing and restoring are phases of one object, each of which ends another.
 */
import { createContext } from 'svelte';
import { err, ok, type Result } from '$lib/domain/result';
import type { CircleId } from '$lib/protocol/ids';
import type { Space } from '$lib/storage/database';
import { StorageAbort, type StorageError } from '$lib/storage/errors';
import type { CircleKeys, DeviceKeys, LockChoices } from '$lib/storage/keyring';
import type { Unlock } from '$lib/storage/unlocking';
import type { ReadCircle } from '$lib/sync/known-logs';
import type { SyncChange } from '$lib/sync/engine';
import { browserDeps, type Tab } from './browser-deps';
import type { CircleState } from './circle-state.svelte';
import type { CircleView, SaveError } from './circle-view';
import type { DraftKeeper } from './draft-keeper';
import type { SyncStatus } from './live-sync';
import { openingCircle } from './opening-circle';
import type { PanelCircles } from './panel/panel-circles.svelte';
import type { RestoreDeps } from './restoring';
import type { Session, SessionDeps, SessionEvents } from './session';
import { keepChosenCircle, readChosenCircle } from './space';
import { TabDrafts } from './tab-drafts';
import { toasts } from './toasts.svelte';

export type AppPhase =
	| { readonly type: 'opening' }
	| { readonly type: 'ready' }
	/** An app lock keeps the key: nothing can be read before somebody opens it. */
	| { readonly type: 'locked' }
	/**
	 * The way back has the screen. `begun`: it was interrupted, and goes on before anything else. `by`: the code on paper, or
	 * another device of the person.
	 */
	| { readonly type: 'restoring'; readonly begun: boolean; readonly by: 'code' | 'device' }
	/** Everything of this person is being erased: decided, and going on until it is done. */
	| { readonly type: 'erasing' }
	| {
			readonly type: 'failed';
			readonly error: StorageError;
			/** Something was being typed: its form stays, and says at the save why it cannot be kept. */
			readonly isTyping: boolean;
	  };

/** What screens may know of this device's row; no key among it. */
export interface DeviceFacts {
	readonly kind: 'new' | 'person' | 'unit';
	readonly identity: DeviceKeys['identity'] | null;
	readonly relayOn: boolean;
	readonly hasRecovery: boolean;
	/** What the person calls this device; on a staff device, who uses it. */
	readonly name: string | null;
	/** Taken out: by another device, or by the recovery code. */
	readonly shutOut: 'device' | 'code' | null;
	/** A copied browser profile that became a device of its own, and the person has not read of it. */
	readonly wasCopy: boolean;
	readonly unit: {
		readonly name: string;
		readonly contact: string;
		readonly phone: string;
		readonly hours: string;
	} | null;
}

/** What a receipt's name field holds (docs/protocol.md 8). */
const MAX_SIGNATURE = 64;

/** A disk that hangs must not keep the key in memory for ever. */
const LONGEST_SEALING_MS = 2_000;

const NEW_DEVICE: DeviceFacts = {
	...{ kind: 'new', identity: null, relayOn: false, hasRecovery: false, unit: null },
	...{ name: null, shutOut: null, wasCopy: false }
};

export class App {
	readonly space: Space;
	phase: AppPhase = $state.raw({ type: 'opening' });
	status: SyncStatus = $state('local');
	/** The relay has been asked since the space was opened, or could not be. */
	#hasAsked = false;
	/** When this device last had everything the relay has; null until then. */
	syncedAt: number | null = $state(null);
	/** Milliseconds this device's clock was ahead of the relay's when they last spoke; null until then. */
	skewMs: number | null = $state(null);
	/** How many circles have been told of a device that was taken out; null while none has to be. */
	renewing: { readonly done: number; readonly total: number } | null = $state.raw(null);
	device: DeviceFacts = $state.raw(NEW_DEVICE);
	/** What the person chose for their app lock; null while there is none. Known when `phase` is `ready`. */
	lock: LockChoices | null = $state.raw(null);
	/** On a person's device: every circle but their own. */
	circles: readonly CircleState[] = $state.raw([]);
	/** On a staff device: everyone who shares with the unit. */
	patients: PanelCircles | null = $state.raw(null);
	#session: Session | null = null;
	#stopWatch: (() => void) | null = null;
	#isClosed = false;
	#own: CircleState | null = $state.raw(null);
	#selected = $state<string | null>(null);
	#deps: SessionDeps;
	#tab: Tab;
	#settle: (result: Result<CircleView, SaveError>) => void = () => undefined;
	readonly #opened = new Promise<Result<CircleView, SaveError>>((resolve) => (this.#settle = resolve));
	/** A staff device has drafts too, and no circle of its own. */
	#settleDrafts: (drafts: DraftKeeper | null) => void = () => undefined;
	readonly #draftsOpened = new Promise<DraftKeeper | null>((resolve) => (this.#settleDrafts = resolve));
	/** For forms: usable before the store is open, and the same object afterwards. */
	readonly drafts: DraftKeeper;
	readonly #drafts: TabDrafts;
	readonly #opening: CircleView;
	readonly #restart: () => void;
	/** Begins to load at once, beside the first screen. */
	readonly #dataLayer = import('./data-layer');

	/** `restart` puts a new app in this one's place, with all that is on the screen; the tab stays the same. */
	constructor(space: Space, tab: Tab, restart: () => void, deps: SessionDeps = browserDeps()) {
		this.space = space;
		this.#deps = deps;
		this.#tab = tab;
		this.#restart = restart;
		this.#selected = readChosenCircle(tab.memory, space);
		this.#opening = openingCircle(this.#opened, this.#selected);
		this.#drafts = new TabDrafts({ opened: this.#draftsOpened, locks: tab.locks, space, places: tab.draftPlaces });
		this.drafts = this.#drafts;
	}

	/** The circle for a form that may be used before the store is open. */
	get recording(): CircleView {
		return this.phase.type === 'ready' ? this.circle : this.#opening;
	}

	/** The circle on screen. Only asked for when `phase` is `ready`. */
	get circle(): CircleState {
		const circle = this.circles.find((each) => each.id === this.#selected) ?? this.#own;
		if (!circle) throw new Error('A circle is on screen only when the app is ready');
		return circle;
	}

	/** The person's own circle; null on a staff device. */
	get own(): CircleState | null {
		return this.#own;
	}

	get session(): Session {
		if (!this.#session) throw new Error('The session is there only when the app is ready');
		return this.#session;
	}

	/** The name a staff device signs its marks with, as short as a receipt can hold it: whoever uses it, or the unit's contact. */
	get signature(): string | null {
		const { unit, name } = this.device;
		return unit && (name ?? (unit.contact || unit.name)).slice(0, MAX_SIGNATURE);
	}

	/** Before the store has said so: a hint, so that no form is shown that is taken away again. */
	get isLockExpected(): boolean {
		return this.#deps.markers.isLocked(this.space);
	}

	get isDemo(): boolean {
		return this.space !== 'real';
	}

	/** Id of the circle chosen in the switcher; null for the person's own. */
	get selected(): string | null {
		return this.#selected;
	}

	/** Shows another circle; `null` the person's own. Lasts over a reload. */
	select(circle: string | null): void {
		this.#selected = circle;
		keepChosenCircle(this.#tab.memory, this.space, circle);
	}

	find(circle: string): CircleState | undefined {
		return this.circles.find((each) => each.id === circle);
	}

	/** Opens the space. `phase` tells how it went; nothing throws. */
	async open(): Promise<void> {
		const { Session } = await this.#dataLayer;
		const session = await Session.open(this.space, this.#deps, this.#events());
		if (session.ok) await this.#begin(session.value);
		else this.#fail(session.error);
	}

	/** Opens a locked space. False when the key opens nothing; anything else is told by `phase`. */
	async unlock(key: Unlock): Promise<boolean> {
		const { Session } = await this.#dataLayer;
		const session = await Session.unlock(this.space, this.#deps, this.#events(), key);
		if (session.ok) await this.#begin(session.value);
		else if (session.error.type === 'wrong-key') return false;
		else this.#fail(session.error);
		return true;
	}

	/** Locks every tab. What is being typed is sealed; nothing that can be read is left. */
	lockNow(): void {
		this.session.announce({ type: 'lock' });
		this.#letGo();
	}

	/** From here on another app has the screen: this one seals what is still held, and lets go of its keys. */
	#letGo(): void {
		toasts.dismiss();
		this.#restart();
		void Promise.race([this.#drafts.settled(), new Promise((late) => setTimeout(late, LONGEST_SEALING_MS))]).then(() =>
			this.close()
		);
	}

	/** Looks at the store anew, e.g. when another tab has taken its lock off. */
	startAnew(): void {
		this.close();
		this.#restart();
	}

	#events(): SessionEvents {
		return {
			onChange: (change, read) => this.#unlessClosed(this.#apply(change, read)).catch(reportError),
			onDevice: () => void this.#unlessClosed(this.#readDevice()),
			onStatus: (status) => this.#showStatus(status),
			onRenewing: (progress) => (this.renewing = progress),
			onErased: () => location.reload(),
			onLock: () => this.#letGo()
		};
	}

	async #begin(session: Session): Promise<void> {
		this.#session = session;
		this.#hasAsked = false;
		try {
			const by = await session.isRestoring();
			if (by) {
				this.phase = { type: 'restoring', begun: true, by };
				return this.#settle(err({ type: 'wiped' }));
			}
			if (await session.store.work.readErasing()) {
				this.stepAsideToErase();
				this.#settleDrafts(null);
				return this.#settle(err({ type: 'wiped' }));
			}
			await this.#readDevice();
			await this.#readCircles();
		} catch (error) {
			// Storage that goes away while it is being read: said by name, so that no form waits for ever. Bugs go on.
			if (error instanceof StorageAbort) return this.#fail(error.reason);
			throw error;
		}
		// A circle that is no longer here is no choice, and must not become one again while something is typed.
		if (this.#selected !== null && !this.find(this.#selected)) this.select(null);
		this.phase = { type: 'ready' };
		const { sealedDrafts } = await this.#dataLayer;
		this.#settleDrafts(sealedDrafts(session.store));
		if (this.#own) this.#settle(ok(this.circle));
		else this.#settle(err({ type: 'not-allowed' }));
		session.start();
	}

	/** Shows what was read in from an archive with the person's own values. */
	async showEarlier(): Promise<void> {
		const own = (await this.session.store.readCircles()).find(({ standing }) => standing === 'mine');
		if (own && this.#own?.id === 'new') await this.#adoptOwn(own.circle);
		else await this.#own?.load();
	}

	/** Reads a circle anew, e.g. one that was begun here for somebody, or left; what is over is taken off the screen. */
	circleChanged(circle: string): Promise<void> {
		return this.#apply({ circle: circle as CircleId, keys: true, books: [] });
	}

	#fail(error: StorageError): void {
		// Nothing has failed: what is typed in a form meanwhile waits for whoever opens the lock.
		if (error.type === 'locked') {
			this.#session?.close();
			this.phase = { type: 'locked' };
			return;
		}
		this.phase = { type: 'failed', error, isTyping: this.#drafts.holdsTyping };
		this.#settleDrafts(null);
		this.#settle(err(error));
	}

	/** Lets go of the store for a restore, which works on it alone. Only a page loaded anew opens it again. */
	stepAside(by: 'code' | 'device' = 'code'): void {
		this.close();
		this.phase = { type: 'restoring', begun: true, by };
	}

	/** Lets go of the store so that everything can be erased. Only a page loaded anew opens it again. */
	stepAsideToErase(): void {
		this.close();
		this.phase = { type: 'erasing' };
	}

	/** Takes everything off this device; what lies at the relay stays. The person has confirmed it, naming what is lost. */
	async eraseHere(): Promise<void> {
		this.#isClosed = true;
		await this.session.erase();
	}

	/** Asks for the code where the store does not open. */
	askForCode(): void {
		this.phase = { type: 'restoring', begun: false, by: 'code' };
	}

	/** The lock holds nothing that can be tried: told as the loss it is. */
	lostLock(): void {
		this.#fail({ type: 'wiped' });
	}

	/** What restoring needs in place of a session of this app's. */
	get restoreDeps(): RestoreDeps {
		return { ...this.#deps, space: this.space, locks: this.#tab.locks };
	}

	/** Starts the space over on this device. The person has confirmed it, naming what is lost. */
	async eraseSpace(): Promise<void> {
		const { eraseSpace } = await this.#dataLayer;
		await eraseSpace(this.space, this.#deps.markers);
	}

	/** Lets go of the space, e.g. before it is erased. What was being read for the screen ends there. */
	close(): void {
		this.#isClosed = true;
		this.#stopWatch?.();
		this.#session?.close();
	}

	/** Takes a fresh look at the relay, e.g. when the tab is shown or the network is back. */
	wake(): void {
		this.#session?.poke();
	}

	/** A space that is closed while it is read has nobody left to show it to. Any other failure goes on. */
	async #unlessClosed(reading: Promise<void>): Promise<void> {
		try {
			await reading;
		} catch (error) {
			if (!this.#isClosed || !(error instanceof StorageAbort)) throw error;
		}
	}

	async #readDevice(): Promise<void> {
		const device = await this.session.device();
		this.device = device ? { ...factsOf(device), ...(await standingOf(device)) } : NEW_DEVICE;
		await this.#readLock();
		const isUnread = this.device.kind === 'unit' ? this.patients === null : this.#own === null && device !== null;
		if (this.phase.type === 'ready' && isUnread) await this.#readCircles();
		await this.#own?.refreshDurability();
	}

	/** A lock's clock runs from when the app opened or the lock was set; those without one never load it. */
	async #readLock(): Promise<void> {
		const lock = await this.session.store.readLockChoices();
		if (lock?.after === this.lock?.after && lock?.blanks === this.lock?.blanks) return;
		this.lock = lock;
		// Whoever opened or set the lock has it already; where it cannot be fetched, **Lås nu** still stands there.
		const watching = lock && (await import('./lock-watch').catch(() => null));
		this.#stopWatch?.();
		const isNewest = this.lock === lock && !this.#isClosed;
		this.#stopWatch =
			watching && lock && isNewest ? watching.watchForLock(this.space, lock, () => this.lockNow()) : null;
	}

	async #readCircles(): Promise<void> {
		if (this.device.kind === 'unit') return this.#readPatients();
		const rows = await this.session.store.readCircles();
		const own = rows.find((row) => row.standing === 'mine');
		const { CircleState } = await this.#dataLayer;
		this.#own ??= new CircleState(this.session, own?.circle ?? null);
		await this.#own.load();
		const others = rows.filter((row) => row.standing === 'joined');
		this.circles = await Promise.all(others.map((row) => this.#load(row.circle)));
		void this.#unlessClosed(this.#takeOver());
	}

	/** A circle taken over while this person had one already: what they had is moved into it, and it takes that one's place. */
	async #takeOver(): Promise<void> {
		const taken = this.circles.find(({ role, mine }) => role === 'owner' && !mine);
		if (!taken || !(await (await import('./taking-over')).takeOver(this.session, taken))) return;
		await this.#adoptOwn(taken.id as CircleId);
		this.circles = this.circles.filter((each) => each !== taken);
		if (this.#selected === taken.id) this.select(null);
	}

	async #readPatients(): Promise<void> {
		const { PanelCircles } = await import('./panel/panel-circles.svelte');
		const patients = new PanelCircles(this.session);
		await patients.start();
		this.patients = patients;
		void this.#unlessClosed(this.#hasAsked ? patients.settle() : patients.catchUp());
	}

	/** Looks at the patients' list anew when another day has begun. */
	keepUp(): void {
		if (this.patients) void this.#unlessClosed(this.patients.keepUp());
	}

	async #load(circle: CircleId): Promise<CircleState> {
		const { CircleState } = await this.#dataLayer;
		const state = new CircleState(this.session, circle);
		await state.load();
		return state;
	}

	async #apply(change: SyncChange, read?: ReadCircle): Promise<void> {
		if (this.patients) return this.patients.apply(change, read);
		if (this.#own?.id === change.circle) return this.#own.reload(change);
		// Another tab may have made the circle this tab does not know yet.
		if (this.#own?.id === 'new' && (await this.#adoptOwn(change.circle))) return;
		const arrived = this.find(change.circle) ? null : await this.#load(change.circle);
		// Several circles can arrive at once: the list is read after the wait, and each circle stands there once.
		const known = this.find(change.circle);
		if (known) await known.reload(change);
		else if (arrived) this.circles = [...this.circles, arrived];
		this.circles = this.circles.filter((each) => this.#isShown(each.standing));
		void this.#unlessClosed(this.#takeOver());
		if (this.#selected !== null && !this.find(this.#selected)) this.select(null);
	}

	/** A person sees only circles they have said yes to: nobody can put theirs before them. */
	#isShown(standing: CircleKeys['standing']): boolean {
		return standing === 'mine' || standing === 'joined';
	}

	#showStatus(status: SyncStatus): void {
		this.status = status;
		this.skewMs = this.#session?.relay.skewMs ?? null;
		if (status === 'synced') this.syncedAt = this.#deps.now();
		if (status === 'syncing') return;
		this.#hasAsked = true;
		if (this.patients) void this.#unlessClosed(this.patients.settle());
	}

	/** True when the circle is the person's own, made in another tab. A screen is never without one meanwhile. */
	async #adoptOwn(circle: CircleId): Promise<boolean> {
		if ((await this.session.store.readCircle(circle))?.standing !== 'mine') return false;
		this.#own = await this.#load(circle);
		return true;
	}
}

/** A first device that nobody has named and nobody could take out has nothing to be looked up. */
async function standingOf(device: DeviceKeys): Promise<Pick<DeviceFacts, 'name' | 'shutOut'>> {
	if (device.log.length === 1) return { name: null, shutOut: null };
	const { ownStanding } = await import('./own-devices');
	return ownStanding(device);
}

const factsOf = (device: DeviceKeys): Omit<DeviceFacts, 'name' | 'shutOut'> => ({
	kind: device.unit ? 'unit' : 'person',
	identity: device.identity,
	relayOn: device.relayOn,
	hasRecovery: device.recovery !== null,
	wasCopy: device.copyOf !== undefined,
	unit: device.unit && {
		name: device.unit.name,
		contact: device.unit.contact,
		phone: device.unit.phone,
		hours: device.unit.hours
	}
});

export const [getApp, setApp] = createContext<App>();
