/** From what somebody pasted to the page that reads it. */
import { ok, type Result } from '$lib/domain/result';
import { parseEnrolment } from '$lib/state/unit';

/** The enrolment page for a pasted link, whole or only its end. The link's own address is never followed. */
export function enrolmentPath(text: string): Result<`/panel/enrol#${string}`, { readonly type: 'link-malformed' }> {
	const fragment = text.trim().replace(/^[^#]*#/s, '');
	const link = parseEnrolment(fragment);
	return link.ok ? ok<`/panel/enrol#${string}`>(`/panel/enrol#${fragment}`) : link;
}
