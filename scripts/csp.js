/**
 * The content security policy, in one place: Kit adds the boot script's hash, `serve.js` sends it as a header.
 * Inline style attributes are refused except the one Kit's route announcer carries.
 * Source: docs/protocol.md, part 17.
 */

/** SHA-256 of the style attribute of Kit's route announcer (kit 2.x, `src/core/sync/write_root.js`). */
const ANNOUNCER_STYLE_HASH = 'sha256-S8qMpvofolR8Mpjy4kQvEm7m1q8clzU4dfDH0AmvZjo=';

/** @type {NonNullable<NonNullable<import('@sveltejs/kit').KitConfig['csp']>['directives']>} */
export const cspDirectives = {
	'default-src': ['none'],
	'script-src': ['self'],
	'style-src': ['self', 'unsafe-hashes', ANNOUNCER_STYLE_HASH],
	'img-src': ['self', 'blob:', 'data:'],
	'font-src': ['self'],
	'connect-src': ['self'],
	'worker-src': ['self'],
	'manifest-src': ['self'],
	'base-uri': ['none'],
	'form-action': ['none'],
	'frame-ancestors': ['none'],
	'require-trusted-types-for': ['script'],
	'trusted-types': ['svelte-trusted-html', 'sveltekit-trusted-url', 'hemlinje-worker-url', 'hemlinje-slow-url']
};
