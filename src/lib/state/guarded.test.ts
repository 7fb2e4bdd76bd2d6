/** What a form is told of a fault nobody foresaw: before it was saved, and after. */
import 'fake-indexeddb/auto';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { startTestRelay, type TestRelay } from '../../../tests/support/relay-calls';
import { createSqlitePlace, type SqlitePlace } from '../../../tests/support/relay-files';
import { kilosOf, Someone, weightDraft } from '../../../tests/support/sessions';
import { LocalStore } from '$lib/storage/local-store';
import { CircleBooks } from './circle-books.svelte';
import { CircleState } from './circle-state.svelte';

let place: SqlitePlace;
let relay: TestRelay;
let marta: Someone;
let circle: CircleState;

beforeEach(async () => {
	place = createSqlitePlace();
	relay = startTestRelay(await place.open());
	marta = await Someone.open('demo-guarded', relay);
	circle = new CircleState(marta.session, null);
	await circle.load();
	await marta.weighs(71, circle);
});

afterEach(async () => {
	vi.restoreAllMocks();
	await marta.session.erase();
	await relay.close();
	await place.remove();
});

test('a fault before the save is told, and nothing is saved', async () => {
	vi.spyOn(LocalStore.prototype, 'append').mockRejectedValueOnce(new TypeError('a fault'));
	expect(await circle.record(weightDraft(72))).toEqual({ ok: false, error: { type: 'failed' } });
	expect(kilosOf((await marta.circle()).observations('weight'))).toEqual([71]);
});

test('a fault after the save is no reason to save it once more: it shows as soon as the book is read again', async () => {
	vi.spyOn(CircleBooks.prototype, 'take').mockRejectedValueOnce(new TypeError('a fault in the projection'));
	expect(await circle.record(weightDraft(72))).toMatchObject({ ok: true });
	// Both are of one moment: which comes first is no matter.
	await vi.waitFor(() => expect(kilosOf(circle.observations('weight')).sort()).toEqual([71, 72]));
});
