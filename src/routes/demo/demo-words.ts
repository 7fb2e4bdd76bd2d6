import { m } from '$lib/i18n/paraglide/messages';
import type { DemoError } from '$lib/state/demo/world';

/** Why the demo could not be made, and that the person's own values are untouched. */
export function demoErrorWords(error: DemoError): string {
	switch (error.type) {
		case 'unreachable':
		case 'refused':
			return m.demo_failed_unreachable();
		case 'storage-full':
		case 'storage-unavailable':
			return m.demo_failed_storage();
		case 'cancelled':
			return m.demo_cancelled();
		default:
			return m.demo_failed();
	}
}
