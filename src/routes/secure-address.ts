/** Where browsers must be able to seal keys for somebody: over plain http from another machine they offer nothing for it. */
const NEEDING = [
	'/restore',
	'/circle/join',
	'/circle/invite',
	'/circle/share',
	'/circle/begin',
	'/circle/handover',
	'/settings/code',
	'/settings/devices',
	'/panel/enrol'
];

export const needsSecureAddress = (path: string): boolean =>
	NEEDING.some((place) => path === place || path.startsWith(`${place}/`));
