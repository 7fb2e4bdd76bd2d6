/**
 * The headers that every answer carries: page, asset, service worker, relay, error (docs/protocol.md, part 17).
 */

/** What the app asks the device for, and nothing beside it. */
const PERMISSIONS = ['bluetooth=(self)', 'camera=(self)', 'screen-wake-lock=(self)'];

const TWO_YEARS_S = 63_072_000;

/**
 * @param {string} shellHtml the prerendered shell, whose meta element holds the policy with the boot script's hash
 * @param {string} origin the address people use
 * @returns {Readonly<Record<string, string>>}
 */
export function securityHeaders(shellHtml, origin) {
	return {
		'content-security-policy': policyFromShell(shellHtml),
		'x-content-type-options': 'nosniff',
		'referrer-policy': 'no-referrer',
		'cross-origin-opener-policy': 'same-origin',
		'cross-origin-resource-policy': 'same-origin',
		'permissions-policy': PERMISSIONS.join(', '),
		...(origin.startsWith('https:') && { 'strict-transport-security': `max-age=${TWO_YEARS_S}; includeSubDomains` })
	};
}

/**
 * The policy of the shell's meta element, and `frame-ancestors`, which only a header can carry.
 * @param {string} shellHtml
 */
export function policyFromShell(shellHtml) {
	const meta = /<meta http-equiv="content-security-policy" content="([^"]+)">/i.exec(shellHtml);
	if (!meta?.[1]?.includes("script-src 'self' 'sha256-"))
		throw new Error('The shell carries no content security policy with a script hash: the build is not whole.');
	return `${meta[1]}; frame-ancestors 'none'`;
}
