/** An archive as small as one can be: one person, a book of weights with two frames, a line of plain text. */
import { toBase64url, utf8 } from '$lib/crypto/bytes';
import type { ArchivedCircle, ArchiveMaker } from '$lib/exchange/archive/format';
import { deviceOf, entryId, newPerson, seededRandom, START, TestCircle, TestWriter, weightEntry } from './people';

export function smallArchive(seed: string): {
	readonly circle: ArchivedCircle;
	readonly readable: ReadonlyMap<string, Uint8Array>;
	readonly maker: ArchiveMaker;
} {
	const random = seededRandom(seed);
	const owner = newPerson(random);
	const circle = new TestCircle(owner, ['weight', 'profile'], random);
	const device = deviceOf(owner);
	const writer = new TestWriter(circle, circle.book(), device);
	const frames = [writer.write([weightEntry(entryId(random))]), writer.write([weightEntry(entryId(random))])];
	const by = { identity: owner.identity.id, device: device.id };
	return {
		circle: {
			circle: circle.id,
			reader: by,
			madeAt: START,
			manifests: circle.records.map(({ bytes }) => bytes),
			logs: [{ identity: owner.identity.id, log: owner.log }],
			keys: circle.books.map(({ id }, index) => ({ book: id, epoch: 1, key: toBase64url(circle.key(index)) })),
			books: [
				{ book: circle.book().id, frames: frames.map(({ bytes }) => bytes) },
				{ book: circle.book(1).id, frames: [] }
			]
		},
		readable: new Map([['entries.ndjson', utf8('{"kilo":71}\n')]]),
		maker: { at: START, by, signSecret: device.sign.secret }
	};
}
