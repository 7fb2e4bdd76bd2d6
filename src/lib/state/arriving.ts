/** A device that was let in by another one of the person: its keys are kept, and the way in has the screen until all is here. */
import { err, ok, type Result } from '$lib/domain/result';
import type { StorageError } from '$lib/storage/errors';
import type { DeviceKeys } from '$lib/storage/keyring';
import type { App } from './app.svelte';

/** Keeps the keys of a device that was let in. `not-empty` where somebody has begun here meanwhile: they stay. */
export async function keepNewDevice(
	app: App,
	device: DeviceKeys
): Promise<Result<void, StorageError | { readonly type: 'not-empty' }>> {
	const created = await app.session.store.createDevice(device, null);
	if (!created.ok) return created;
	const kept = await app.session.device();
	if (kept?.device !== device.device) return err({ type: 'not-empty' });
	// Other tabs begin anew: nobody starts a circle of their own beside the one that comes.
	app.session.announce({ type: 'erased' });
	app.stepAside('device');
	return ok(undefined);
}
