/** The list of devices on the screen: read again whenever the log or what is owed has changed. */
import type { App } from '$lib/state/app.svelte';
import { keepDevice, readOwnDevices, renameDevice, takeOut, type OwnDevice } from '$lib/state/own-devices';
import type { StorageError } from '$lib/storage/errors';
import type { SyncError } from '$lib/sync/engine';

export class DeviceList {
	readonly #app: App;
	devices: readonly OwnDevice[] = $state.raw([]);
	isBusy = $state(false);
	error: SyncError | StorageError | null = $state.raw(null);

	constructor(app: App) {
		this.#app = app;
	}

	async read(): Promise<void> {
		this.devices = await readOwnDevices(this.#app.session);
	}

	/** `done`: the relay knows. `waiting`: it is told as soon as it can be reached. Null when it could not even be noted. */
	async remove(device: OwnDevice): Promise<'done' | 'waiting' | null> {
		this.isBusy = true;
		const noted = await takeOut(this.#app.session, device.id);
		this.error = noted.ok ? null : noted.error;
		// The pass is waited for, so that what is said afterwards is so.
		if (noted.ok) await this.#app.session.sync();
		await this.read();
		this.isBusy = false;
		if (!noted.ok) return null;
		return this.devices.some(({ id }) => id === device.id) ? 'waiting' : 'done';
	}

	async keep(device: OwnDevice): Promise<void> {
		await keepDevice(this.#app.session, device.id);
		await this.read();
	}

	/** True when the name is there. */
	async rename(device: OwnDevice, name: string): Promise<boolean> {
		this.isBusy = true;
		const named = await renameDevice(this.#app.session, device.id, name);
		this.error = named.ok ? null : named.error;
		await this.read();
		this.isBusy = false;
		return named.ok;
	}
}
