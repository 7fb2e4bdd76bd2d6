/** What lies on the disk, for tests that look for what must not be there. */
import { HemlinjeDatabase, type Space } from '$lib/storage/database';

/** The raw database beside the store, as a thief, an older app or a fault would touch it. */
export async function raw<T>(space: Space, work: (database: HemlinjeDatabase) => Promise<T>): Promise<T> {
	const database = new HemlinjeDatabase(space);
	try {
		return await work(database);
	} finally {
		database.close();
	}
}

/** Every byte and text of every row, one after the other. */
export const dumpOf = (space: Space): Promise<Buffer> =>
	raw(space, async (database) => {
		const rows = await Promise.all(database.tables.map((table) => table.toArray() as Promise<unknown[]>));
		return Buffer.concat(rows.flat().map(bytesOf));
	});

/** Of these secrets, those that stand in the rows as bytes, base64 or hex. */
export function foundIn(dump: Buffer, secrets: readonly Uint8Array[]): string[] {
	return secrets.flatMap((secret) => {
		const bytes = Buffer.from(secret);
		const texts = [bytes.toString('base64url'), bytes.toString('base64').slice(0, -2), bytes.toString('hex')];
		return dump.includes(bytes) || texts.some((text) => dump.includes(text)) ? [bytes.toString('hex')] : [];
	});
}

function bytesOf(row: unknown): Buffer {
	const parts: Buffer[] = [];
	JSON.stringify(row, (_, value: unknown) => {
		if (value instanceof Uint8Array) parts.push(Buffer.from(value));
		else if (typeof value === 'string') parts.push(Buffer.from(value));
		return value instanceof Uint8Array ? undefined : value;
	});
	return Buffer.concat(parts);
}
