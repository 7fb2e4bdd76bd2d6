/** A browser's own files on the disk, searched for what must not be in them. */

import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** The files of a profile that hold one of the words in any spelling, each with its word's place in the list. */
export function filesWith(profile: string, words: readonly string[]): string[] {
	const spelled = words.map((word) => spellingsOf(word).map((form) => Buffer.from(form)));
	return filesOf(profile).flatMap((file) => {
		const bytes = readFileSync(file);
		return spelled.flatMap((forms, index) =>
			forms.some((form) => bytes.includes(form)) ? [`${path.relative(profile, file)}: word ${index + 1}`] : []
		);
	});
}

export const filesOf = (folder: string): string[] =>
	readdirSync(folder, { recursive: true, withFileTypes: true })
		.filter((each) => each.isFile())
		.map(({ name, parentPath }) => path.join(parentPath, name));

/** UTF-8, UTF-16, Latin-1, in an address, hex, and the inner letters of base64 at each of its three alignments. */
function spellingsOf(word: string): (string | Buffer)[] {
	const bytes = Buffer.from(word);
	const base64 = [0, 1, 2].map((shift) =>
		Buffer.concat([Buffer.alloc(shift), bytes])
			.toString('base64')
			.slice(shift === 0 ? 0 : 4, -4)
	);
	return [
		bytes,
		Buffer.from(word, 'utf16le'),
		Buffer.from(word, 'latin1'),
		encodeURIComponent(word),
		bytes.toString('hex'),
		...base64,
		...base64.map((text) => text.replaceAll('+', '-').replaceAll('/', '_'))
	];
}
