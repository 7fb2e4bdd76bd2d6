/**
 * Everything behind the screens in one chunk: database, crypto, protocol, sync. Loaded beside the first screen, not before
 * it: a form can be typed in while this arrives (docs/decisions/0002).
 */
export { CircleState } from './circle-state.svelte';
export { sealedDrafts } from './sealed-drafts';
export { eraseSpace, Session } from './session';
