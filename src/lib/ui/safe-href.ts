/** Schemes a link may have: pages, telephone, mail. Anything else, `javascript:` first, is refused. */
const schemes: ReadonlySet<string> = new Set(['http:', 'https:', 'tel:', 'mailto:']);

/** Only to have something to resolve paths against; never shown. */
const base = 'https://app.invalid';

/** The link as given when it is safe to follow, else undefined: the element is then no link at all. */
export function safeHref(href: string | undefined): string | undefined {
	if (href === undefined) return undefined;
	try {
		return schemes.has(new URL(href, base).protocol) ? href : undefined;
	} catch (cause) {
		if (cause instanceof TypeError) return undefined;
		throw cause;
	}
}
