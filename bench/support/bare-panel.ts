/**
 * The limit of B4, in the page: the same frames fetched, verified, opened and parsed by the barest code that still knows they
 * are whose they say. Hashes bind each chain to its newest frame, whose signature is checked; keys are made once a book.
 */
import { xchacha20poly1305 } from '@noble/ciphers/chacha.js';
import { ed25519 } from '@noble/curves/ed25519.js';
import { hkdf } from '@noble/hashes/hkdf.js';
import { sha256 } from '@noble/hashes/sha2.js';

export interface BareBook {
	readonly circle: string;
	readonly book: string;
	/** base64url. */
	readonly key: string;
	/** Public keys of those who may have signed, base64url. */
	readonly signers: readonly string[];
}

const utf8 = new TextEncoder();
const text = new TextDecoder();
const bytesOf = (base64url: string): Uint8Array =>
	Uint8Array.from(atob(base64url.replace(/-/g, '+').replace(/_/g, '/')), (character) => character.charCodeAt(0));
const NONCE = 24;
const SIGNATURE = 64;

/** Milliseconds it took, and how much it was. */
export async function barePanel(
	token: string,
	books: readonly BareBook[]
): Promise<{ ms: number; frames: number; bytes: number; entries: number }> {
	const begun = performance.now();
	let [frames, bytes, entries] = [0, 0, 0];
	let ranges = books.map(({ circle, book }) => ({ circle, book, after: 0 }));
	const byBook = new Map(books.map((each) => [each.book, each]));
	while (ranges.length > 0) {
		const { header, body } = await pull(token, ranges);
		bytes += body.length;
		let at = 0;
		for (const range of header.ranges) {
			const book = byBook.get(range.book);
			if (!book) throw new Error('a book nobody asked for');
			const chain: Uint8Array[] = [];
			for (let n = 0; n < range.count; n += 1) {
				const length = new DataView(body.buffer, body.byteOffset + at).getUint32(0);
				chain.push(body.subarray(at + 4, at + 4 + length));
				at += 4 + length;
			}
			frames += chain.length;
			entries += openChain(chain, book);
		}
		const got = new Map(header.ranges.map((range) => [range.book, range.after + range.count]));
		const last = header.ranges.at(-1)?.book;
		const from = header.more ? ranges.findIndex(({ book }) => book === last) : ranges.length;
		ranges = ranges.slice(from).map((range) => ({ ...range, after: got.get(range.book) ?? 0 }));
	}
	return { ms: performance.now() - begun, frames, bytes, entries };
}

/** Every frame's hash stands in the next; the newest one's signature stands for all of one device. Entries in them. */
function openChain(chain: readonly Uint8Array[], { key, signers }: BareBook): number {
	const frameKey = hkdf(sha256, bytesOf(key), undefined, utf8.encode('hl/frame'), 32);
	const named = new Set<string>();
	let entries = 0;
	for (const frame of chain.toReversed()) {
		const aadLength = 6 + ((frame[4] ?? 0) << 8) + (frame[5] ?? 0);
		const header = JSON.parse(text.decode(frame.subarray(6, aadLength))) as { prev: string | null };
		const signed = frame.subarray(0, frame.length - SIGNATURE);
		const hash = btoa(String.fromCharCode(...sha256(signed)))
			.replace(/\+/g, '-')
			.replace(/\//g, '_')
			.replace(/=+$/, '');
		if (!named.has(hash)) {
			const message = new Uint8Array([...utf8.encode('hl/frame/1'), ...signed]);
			const signature = frame.subarray(-SIGNATURE);
			if (!signers.some((pub) => ed25519.verify(signature, message, bytesOf(pub), { zip215: false })))
				throw new Error('a signature that fails');
		}
		if (header.prev) named.add(header.prev);
		const padded = xchacha20poly1305(
			frameKey,
			frame.subarray(aadLength, aadLength + NONCE),
			frame.subarray(0, aadLength)
		).decrypt(frame.subarray(aadLength + NONCE, frame.length - SIGNATURE));
		const length = new DataView(padded.buffer, padded.byteOffset).getUint32(0);
		const batch = JSON.parse(text.decode(padded.subarray(4, 4 + length))) as { entries: unknown[] };
		entries += batch.entries.length;
	}
	return entries;
}

interface Header {
	readonly more: boolean;
	readonly ranges: readonly { circle: string; book: string; after: number; count: number }[];
}

async function pull(token: string, ranges: readonly object[]): Promise<{ header: Header; body: Uint8Array }> {
	const response = await fetch('/api/v1/pull', {
		method: 'POST',
		headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
		// As many ranges as one request may hold.
		body: JSON.stringify({ ranges: ranges.slice(0, 1000) })
	});
	if (!response.ok) throw new Error(`pull answered ${response.status}`);
	const bytes = new Uint8Array(await response.arrayBuffer());
	const end = 4 + new DataView(bytes.buffer).getUint32(0);
	const header = JSON.parse(text.decode(bytes.subarray(4, end))) as Header;
	return { header, body: bytes.subarray(end) };
}

Reflect.set(globalThis, 'barePanel', barePanel);
