/** `AB` for "Anna Bergqvist, hjärtsvikt": first letters of the first two words before a comma. */
export const initialsOf = (name: string): string =>
	(name.split(',')[0] ?? '')
		.split(/\s+/)
		.filter(Boolean)
		.slice(0, 2)
		.map((word) => [...word][0] ?? '')
		.join('')
		.toUpperCase();
