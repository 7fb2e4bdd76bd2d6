/**
 * Word of changes between relay processes over one PostgreSQL (docs/protocol.md R10). NOTIFY is sent after the commit, many
 * changes in one, so that it never holds a push back. Where it does not come through (a pooler in between, the listening
 * connection lost), circles' version counters are polled instead.
 */
import { sql, type Kysely } from 'kysely';
import pg from 'pg';
import * as z from 'zod/mini';
import { utf8 } from '$lib/crypto/bytes';
import { circleIdSchema, identityIdSchema, type CircleId, type IdentityId } from '$lib/protocol/ids';
import { parseJson } from '$lib/protocol/json';
import type { Changes } from '../changes';
import { errorKind, type RelayLog } from '../log';
import type { Schema } from '../sql/schema';
import type { Change, RelayStore } from '../store';

const CHANNEL = 'hemlinje';
/** PostgreSQL takes payloads of less than 8000 bytes; a change is at most 16 readers of 46. */
const CHANGES_PER_NOTICE = 8;
const RECONNECT_MS = 1000;

const noticeSchema = z.object({
	from: z.string(),
	changes: z.array(
		z.discriminatedUnion('type', [
			z.object({ type: z.literal('circle'), circle: circleIdSchema, readers: z.array(identityIdSchema) }),
			z.object({ type: z.literal('identity'), identity: identityIdSchema })
		])
	)
});

export interface Notices {
	/** Tells the other processes; never fails, for pollers and readers find out anyway. */
	readonly send: (changes: readonly Change[]) => void;
	readonly watch: RelayStore['watch'];
	/** Resolves when the first attempt to listen is over: from then on nothing that can be heard is missed. */
	readonly ready: Promise<void>;
	close(): Promise<void>;
}

export interface NoticesDeps {
	readonly url: string;
	readonly db: Kysely<Schema>;
	readonly changes: Changes;
	/** This process among the others. */
	readonly self: string;
	readonly log: RelayLog;
	readonly pollMs: number;
}

export function createNotices(deps: NoticesDeps): Notices {
	const sender = createSender(deps);
	const ear = createEar(deps, () => sender.probe());
	const watchers = new Set<() => Iterable<IdentityId>>();
	const poll = createPoll(deps, () => new Set([...watchers].flatMap((watched) => [...watched()])));
	let polling: Promise<void> = Promise.resolve();
	const timer = setInterval(() => {
		if (!ear.hears())
			polling = polling.then(poll).catch((error: unknown) => deps.log.error(errorKind(error), 'poll failed'));
	}, deps.pollMs);
	timer.unref();
	return {
		send: (list) => sender.send(list),
		watch(listener, watched) {
			watchers.add(watched);
			const unwatch = deps.changes.watch(listener);
			return () => {
				watchers.delete(watched);
				unwatch();
			};
		},
		ready: ear.ready,
		async close() {
			clearInterval(timer);
			await Promise.all([ear.close(), sender.close(), polling]);
		}
	};
}

/** One NOTIFY at a time; what comes meanwhile goes with the next. */
function createSender({ db, self, log }: NoticesDeps) {
	let waiting: Change[] = [];
	let sending: Promise<void> | null = null;
	const notify = async (changes: readonly Change[]): Promise<void> => {
		await sql`select pg_notify(${CHANNEL}, ${JSON.stringify({ from: self, changes })})`.execute(db);
	};
	async function drain(): Promise<void> {
		while (waiting.length > 0) {
			const changes = waiting.splice(0, CHANGES_PER_NOTICE);
			await notify(changes).catch((error: unknown) => log.error(errorKind(error), 'notice not sent'));
		}
		sending = null;
	}
	return {
		send(changes: readonly Change[]): void {
			waiting = [...waiting, ...changes];
			sending ??= drain();
		},
		/** An empty notice: hearing it proves that the channel carries. */
		probe: (): Promise<void> => notify([]),
		close: (): Promise<void> => sending ?? Promise.resolve()
	};
}

/** A connection that listens, made anew when it breaks. It hears once its own probe has come back. */
function createEar({ url, changes, self, log }: NoticesDeps, probe: () => Promise<void>) {
	let client: pg.Client | null = null;
	let hears = false;
	let closed = false;
	let retry: NodeJS.Timeout | undefined;

	const onNotice = ({ payload }: pg.Notification): void => {
		const notice = parseJson(noticeSchema, utf8(payload ?? ''));
		if (!notice) return;
		if (notice.from === self) hears = true;
		else changes.announce(notice.changes);
	};

	const lose = (lost: pg.Client): void => {
		if (client !== lost) return;
		client = null;
		hears = false;
		lost.end().catch(() => undefined);
		if (closed) return;
		retry = setTimeout(() => {
			connecting = connect();
		}, RECONNECT_MS);
		retry.unref();
	};

	async function connect(): Promise<void> {
		const connecting = new pg.Client({
			connectionString: url,
			connectionTimeoutMillis: 2000,
			application_name: 'hemlinje listen'
		});
		client = connecting;
		connecting.on('notification', onNotice);
		connecting.on('error', () => lose(connecting));
		connecting.on('end', () => lose(connecting));
		try {
			await connecting.connect();
			await connecting.query(`listen ${CHANNEL}`);
			await probe();
		} catch (error) {
			log.error(errorKind(error), 'not listening');
			lose(connecting);
		}
	}

	let connecting = connect();
	return {
		hears: () => hears,
		/** The first attempt to listen is over, well or not. */
		ready: connecting,
		async close() {
			closed = true;
			clearTimeout(retry);
			await connecting;
			const last = client;
			client = null;
			await last?.end().catch(() => undefined);
		}
	};
}

/** Compares version counters of the watched identities' circles with what they were. */
function createPoll({ db, changes }: NoticesDeps, watched: () => ReadonlySet<IdentityId>) {
	let versions = new Map<string, number>();
	return async (): Promise<void> => {
		const identities = [...watched()];
		if (identities.length === 0) return;
		const rows = await db
			.selectFrom('memberships')
			.innerJoin('circles', 'circles.circle', 'memberships.circle')
			.select(['memberships.identity', 'circles.circle', 'circles.version'])
			.where('memberships.identity', 'in', identities)
			.execute();
		const moved = rows.filter((row) => versions.get(row.circle) !== row.version);
		versions = new Map(rows.map((row) => [row.circle, row.version]));
		const readers = new Map<string, IdentityId[]>();
		for (const { circle, identity } of moved)
			readers.set(circle, [...(readers.get(circle) ?? []), identity as IdentityId]);
		changes.announce(
			[...readers].map(([circle, list]) => ({ type: 'circle', circle: circle as CircleId, readers: list }))
		);
	};
}
