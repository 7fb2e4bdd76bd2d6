/** Work on many things, so many at a time. */

/** Takes `items` in order, `width` at a time. Rejects with the first failure once all that was begun has ended. */
export async function sideBySide<T>(
	width: number,
	items: Iterable<T>,
	work: (item: T) => Promise<void>
): Promise<void> {
	const left = items[Symbol.iterator]();
	const turn = async (): Promise<void> => {
		for (let next = left.next(); !next.done; next = left.next()) await work(next.value);
	};
	const turns = await Promise.allSettled(Array.from({ length: width }, turn));
	for (const each of turns) if (each.status === 'rejected') throw each.reason;
}
