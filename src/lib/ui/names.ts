/** Names in narrow places. */

/** `AB` for "Anna Bergqvist": first letters of the first two words. */
export const initialsOf = (name: string): string =>
	words(name)
		.slice(0, 2)
		.map((word) => [...word][0] ?? '')
		.join('')
		.toUpperCase();

/** `Anna` for "Anna Bergqvist"; a unit's long name stays whole. */
export const firstName = (name: string): string => {
	const parts = words(name);
	return parts.length === 2 ? (parts[0] ?? name) : name;
};

const words = (name: string): string[] => name.split(/\s+/).filter(Boolean);
