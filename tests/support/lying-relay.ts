/**
 * A relay that lies, and a network that fails, between a device and the real relay: one lie at a time, each as a hostile
 * operator or a broken proxy would make it (security test plan 7.2 N2–N4, 7.4). What passes is noted, so that it can be
 * searched for what must never be seen.
 */
import { toBase64url } from '$lib/crypto/bytes';
import { encodePull, parsePull, splitFrames } from '$lib/protocol/api/frames';
import { encodeHeads, parseHeads, type Heads } from '$lib/protocol/api/heads';
import { parseFrame } from '$lib/protocol/frame';
import type { Answering, Between } from './parties';

/** Names after the rows of the test plan they belong to. */
export const lies = [
	'MR1 frames dropped',
	'MR2 heads of yesterday',
	'MR3 frames twice',
	'MR4 heads lowered',
	'MR4 circles gone',
	'MR5 another history',
	'MR6 frames exchanged',
	'MR7 records altered',
	'MR9 envelopes left out',
	'MR9 envelopes altered',
	'MR11 frames turned round',
	'MR12 false acknowledgements',
	'MR15 more for ever',
	'N2 cut short',
	'N2 a bit changed',
	'N2 sent twice',
	'N2 late',
	'N2 after nobody waited',
	'N3 a portal answers',
	'N4 answer lost',
	'N7 too many',
	'N7 full'
] as const;
export type Lie = (typeof lies)[number];

/** A device gives up after so long. */
const LONGEST_DELAY_MS = 30_000;

/** A source of numbers in [0, 1) from a seed: a run can be repeated. Mulberry32. */
export function numbersFrom(seed: number): () => number {
	let state = seed >>> 0;
	return () => {
		state = (state + 0x6d2b79f5) >>> 0;
		let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
		mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
	};
}

const bytesOf = async (response: Response): Promise<Uint8Array> => new Uint8Array(await response.arrayBuffer());
const binary = (bytes: Uint8Array): Response =>
	new Response(bytes as Uint8Array<ArrayBuffer>, { headers: { 'content-type': 'application/octet-stream' } });
const json = (value: unknown, status = 200, headers: Record<string, string> = {}): Response =>
	new Response(JSON.stringify(value), { status, headers: { 'content-type': 'application/json', ...headers } });

/** What a relay answers that has taken the frames of a push, at places of somebody's choice. The relay never sees them. */
async function acknowledged(request: Request, posOf: (seq: number) => number): Promise<Response> {
	const results = (splitFrames(await bytesOf(request as unknown as Response)) ?? []).flatMap((bytes) => {
		const frame = parseFrame(bytes);
		if (!frame.ok) return [];
		const { book, device, seq } = frame.value.header;
		return [{ book, device, seq, pos: posOf(seq) }];
	});
	return json({ results });
}

/** Acknowledges every push and passes on none; all else reaches the relay. */
export const acknowledging =
	(posOf: (seq: number) => number): Between =>
	(request, relay) =>
		request.url.endsWith('/push') ? acknowledged(request, posOf) : relay(request);

export class LyingRelay {
	lie: Lie | null = null;
	/** Every byte that passed, both ways. */
	readonly seen: Uint8Array[] = [];
	/** How often each lie was told. */
	readonly told = new Map<Lie, number>();
	readonly #number: () => number;
	#oldHeads: Uint8Array | null = null;
	/** Requests still on their way although nobody waits for an answer any more. */
	#stillOnTheWay: (() => Promise<unknown>)[] = [];
	/** Told how long an answer takes, before it comes: the clocks of the world go on meanwhile. */
	onDelay: (ms: number) => void = () => undefined;

	constructor(seed: number) {
		this.#number = numbersFrom(seed);
	}

	readonly between: Between = async (request, relay) => {
		this.seen.push(await bytesOf(request.clone() as unknown as Response));
		const path = new URL(request.url).pathname.replace('/api/v1/', '');
		const answer = await this.#answer(path, request, relay);
		this.seen.push(await bytesOf(answer.clone()));
		return answer;
	};

	async #answer(path: string, request: Request, relay: Answering): Promise<Response> {
		await this.#arriveLate();
		const before = this.#before(path);
		if (before) return before;
		if (request.method !== 'GET' && this.#is('N2 after nobody waited', 0.4)) {
			const copy = request.clone();
			this.#stillOnTheWay.push(() => relay(copy).catch(() => undefined));
			throw new TypeError('no answer in time');
		}
		if (this.#is('N2 late')) this.onDelay(Math.floor(this.#number() * LONGEST_DELAY_MS));
		if (this.lie === 'MR12 false acknowledgements' && path === 'push') return this.#falseAck(request);
		const again = this.lie === 'N2 sent twice' && request.method !== 'GET' ? request.clone() : null;
		const answer = await relay(request);
		if (again) await relay(again).catch(() => undefined);
		if (again) this.#tell('N2 sent twice');
		return answer.status === 200 ? this.#after(path, answer) : answer;
	}

	/** What was given up may arrive after what was sent later; when the lie has ended, all of it has. */
	async #arriveLate(): Promise<void> {
		const arriving = this.#stillOnTheWay.filter(() => this.lie === null || this.#number() < 0.5);
		this.#stillOnTheWay = this.#stillOnTheWay.filter((each) => !arriving.includes(each));
		for (const arrive of arriving) await arrive();
	}

	#tell(lie: Lie): void {
		this.told.set(lie, (this.told.get(lie) ?? 0) + 1);
	}

	#is(lie: Lie, chance = 1): boolean {
		if (this.lie !== lie || this.#number() >= chance) return false;
		this.#tell(lie);
		return true;
	}

	#pick<T>(list: readonly T[]): T | undefined {
		return list[Math.floor(this.#number() * list.length)];
	}

	/** What never reaches the relay. */
	#before(path: string): Response | null {
		if (this.#is('N3 a portal answers', 0.5))
			return new Response('<html>Logga in på nätet</html>', { headers: { 'content-type': 'text/html' } });
		if (this.#is('N7 too many', 0.5)) return json({ error: 'too-many' }, 429, { 'retry-after': '7' });
		if (path === 'push' && this.#is('N7 full')) return json({ error: 'full' }, 507);
		return null;
	}

	#falseAck(request: Request): Promise<Response> {
		this.#tell('MR12 false acknowledgements');
		return acknowledged(request, () => 1 + Math.floor(this.#number() * 9));
	}

	async #after(path: string, answer: Response): Promise<Response> {
		if (this.#is('N4 answer lost', 0.4)) throw new TypeError('the network went away');
		const isBinary = answer.headers.get('content-type') === 'application/octet-stream';
		if (isBinary && path === 'heads') return this.#heads(await bytesOf(answer), answer);
		const bytes = await bytesOf(answer);
		const altered = this.#bytes(bytes);
		if (altered) return new Response(altered as Uint8Array<ArrayBuffer>, { headers: answer.headers });
		if (isBinary && path === 'pull') return binary(this.#pull(bytes));
		return new Response(this.#text(path, bytes) as Uint8Array<ArrayBuffer>, { headers: answer.headers });
	}

	#bytes(bytes: Uint8Array): Uint8Array | null {
		if (bytes.length === 0) return null;
		const at = Math.floor(this.#number() * bytes.length);
		if (this.#is('N2 cut short', 0.5)) return bytes.slice(0, at);
		if (this.#is('N2 a bit changed', 0.5)) return bytes.map((byte, i) => (i === at ? byte ^ (1 << (at % 8)) : byte));
		return null;
	}

	#heads(bytes: Uint8Array, { headers }: Response): Response {
		const heads = parseHeads(bytes);
		const old = this.#oldHeads;
		this.#oldHeads ??= bytes;
		if (!heads) return binary(bytes);
		const changed = this.#changedHeads(heads);
		if (changed) return binary(encodeHeads(changed));
		if (old && this.#is('MR2 heads of yesterday')) return binary(old);
		this.#oldHeads = this.#number() < 0.2 ? bytes : this.#oldHeads;
		return new Response(bytes as Uint8Array<ArrayBuffer>, { headers });
	}

	#changedHeads(heads: Heads): Heads | null {
		const mapped = (
			change: (book: Heads['circles'][number]['books'][number]) => { pos: number; run: string }
		): Heads => ({
			...heads,
			circles: heads.circles.map((circle) => ({
				...circle,
				books: circle.books.map((book) => ({ ...book, ...change(book) }))
			}))
		});
		if (this.#is('MR4 circles gone')) return { ...heads, circles: [] };
		if (this.#is('MR4 heads lowered')) return mapped(({ pos, run }) => ({ pos: Math.max(0, pos - 1), run }));
		if (this.#is('MR5 another history'))
			return mapped(({ pos }) => ({ pos, run: toBase64url(new Uint8Array(8).fill(Math.floor(this.#number() * 255))) }));
		return null;
	}

	#pull(bytes: Uint8Array): Uint8Array {
		const pulled = parsePull(bytes);
		if (!pulled || pulled.frames.length === 0) return bytes;
		const { header, frames } = pulled;
		const dropped = this.#pick(frames);
		if (this.#is('MR1 frames dropped')) return this.#without(header, frames, dropped);
		if (this.#is('MR3 frames twice'))
			return encodePull(
				header,
				frames.map(() => dropped ?? new Uint8Array())
			);
		if (this.#is('MR6 frames exchanged')) return encodePull(header, [...frames.slice(1), ...frames.slice(0, 1)]);
		if (this.#is('MR11 frames turned round')) return encodePull(header, [...frames].reverse());
		if (this.#is('MR15 more for ever')) return encodePull({ more: true, ranges: [] }, []);
		return bytes;
	}

	/** One frame less, and the counts made to fit: only its absence tells. */
	#without(
		header: NonNullable<ReturnType<typeof parsePull>>['header'],
		frames: readonly Uint8Array[],
		dropped: Uint8Array | undefined
	): Uint8Array {
		let at = 0;
		const ranges = header.ranges.map((range) => {
			const own = frames.slice(at, at + range.count);
			at += range.count;
			return { ...range, count: own.filter((frame) => frame !== dropped).length };
		});
		return encodePull(
			{ ...header, ranges },
			frames.filter((frame) => frame !== dropped)
		);
	}

	#text(path: string, bytes: Uint8Array): Uint8Array {
		const changed = this.#changedJson(path, bytes);
		return changed === undefined ? bytes : new TextEncoder().encode(JSON.stringify(changed));
	}

	#changedJson(path: string, bytes: Uint8Array): unknown {
		if (path.endsWith('/manifest') && this.#is('MR7 records altered')) {
			const { manifests } = parsedJson<{ manifests: string[] }>(bytes);
			return { manifests: manifests.map((text) => `${text.slice(0, -4)}AAAA`) };
		}
		if (path.endsWith('/envelopes') && this.#is('MR9 envelopes left out')) return { envelopes: [] };
		if (path.endsWith('/envelopes') && this.#is('MR9 envelopes altered')) {
			const { envelopes } = parsedJson<{ envelopes: { ct: string }[] }>(bytes);
			return { envelopes: envelopes.map((each) => ({ ...each, ct: `${each.ct.slice(0, -4)}AAAA` })) };
		}
		return undefined;
	}
}

const parsedJson = <T>(bytes: Uint8Array): T => JSON.parse(new TextDecoder().decode(bytes)) as T;
