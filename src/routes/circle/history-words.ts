/** The access log in plain words: who was given what, by whom and when, what changed, and what was seen. */
import { unreachable } from '$lib/domain/assert';
import { parseLocalDate } from '$lib/domain/time';
import { dayWords } from '$lib/i18n/day-words';
import { formatClock, formatRelativeDay, type Moment } from '$lib/i18n/format';
import { bookName } from '$lib/i18n/measure-words';
import { m } from '$lib/i18n/paraglide/messages';
import { circleHistory, type CircleEvent, type RightChange } from '$lib/protocol/circle-history';
import type { DeviceId, IdentityId } from '$lib/protocol/ids';
import type { Manifest } from '$lib/protocol/manifest';
import { kindOf, nameOf, openedRoster, type CircleAccess } from '$lib/sync/circle-access';
import type { SeenReceipt } from '$lib/state/circle-books.svelte';
import type { CircleState } from '$lib/state/circle-state.svelte';
import { holderOf } from '$lib/protocol/holder';
import { activeDevices } from '$lib/protocol/identity-log';
import { roleWord } from './role-word';
import { isShareable } from './shown-right';

export interface LogRow {
	readonly at: number;
	readonly text: string;
	/** What it was about, a line each. */
	readonly details: readonly string[];
	readonly when: string;
}

/** Everything there is to tell of a circle and of those it goes on from, newest first. */
export function logOf({ access, receipts, earlier }: CircleState, now: Moment): LogRow[] {
	const rows = [
		...(access ? circleLog(access, receipts, now) : []),
		...(earlier?.parts ?? []).flatMap((part) => circleLog(part.access, part.receipts, now))
	];
	return rows.sort((a, b) => b.at - a.at);
}

/** Everything there is to tell of one circle, newest first. */
function circleLog(access: CircleAccess, receipts: readonly SeenReceipt[], now: Moment): LogRow[] {
	const words = new LogWords(access);
	const rows = [
		...circleHistory(access.chain, (body, member) => dayGivenIn(access, body, member)).map((event) => ({
			at: event.at,
			...words.ofEvent(event)
		})),
		...receipts.map((receipt) => ({ at: receipt.at, ...words.ofReceipt(receipt) }))
	];
	return rows
		.map((row, index) => ({ row, index }))
		.sort((a, b) => b.row.at - a.row.at || b.index - a.index)
		.map(({ row }) => {
			const at = { utc: row.at, offset: now.offset };
			return { ...row, when: `${formatRelativeDay(at, now)} ${formatClock(at)}` };
		});
}

/** `Från 1 maj`; nothing where everything was given. */
function fromWords(from: string | null): string[] {
	const day = from === null ? undefined : parseLocalDate(from);
	return day ? [m.from_day({ day: dayWords(day) })] : [];
}

/** By the roster of that record, as far as its key is held. */
function dayGivenIn(access: CircleAccess, body: Manifest, member: IdentityId): string | null {
	const person = openedRoster(access, body)?.people.find(({ identity }) => identity === member);
	return (person?.from ?? []).map(({ day }) => day).sort()[0] ?? null;
}

/** "blodtryck, vikt och sömn". */
function inSentence(books: readonly string[]): string {
	const words = books.map((book) => book.charAt(0).toLocaleLowerCase() + book.slice(1));
	const [last = '', ...before] = words.toReversed();
	return before.length === 0 ? last : `${before.toReversed().join(', ')}${m.log_and()}${last}`;
}

type Words = Pick<LogRow, 'text' | 'details'>;

class LogWords {
	readonly #access: CircleAccess;

	constructor(access: CircleAccess) {
		this.#access = access;
	}

	ofEvent(event: CircleEvent): Words {
		const by = this.#name(event.by);
		switch (event.type) {
			case 'began':
				return { text: this.#began(event.by), details: [] };
			case 'took-over':
				return { text: m.handover_log_took({ by }), details: [] };
			case 'let-in':
				if (event.role === 'owner')
					return { text: m.handover_log_handed({ by, name: this.#object(event.member) }), details: [] };
				return {
					text: m.members_log_let_in({ by, name: this.#object(event.member) }),
					details: [...this.#details(event.changes), ...fromWords(event.from)]
				};
			case 'let-go':
				return { text: m.members_log_let_go({ by, name: this.#object(event.member) }), details: [] };
			case 'rights':
				return {
					text: m.members_log_rights({ by, name: this.#object(event.member) }),
					details: [...this.#details(event.changes), ...fromWords(event.from)]
				};
			case 'since':
				return {
					text: m.from_log({ by, name: this.#object(event.member) }),
					details: event.from ? fromWords(event.from) : [m.from_all()]
				};
			case 'role':
				return {
					text: m.members_log_role({ by, name: this.#object(event.member), role: roleWord(event.role) }),
					details: []
				};
			case 'invited':
				if (event.role === 'owner') return { text: m.handover_log_invited({ by }), details: [] };
				return { text: m.members_log_invited({ by, role: roleWord(event.role) }), details: [] };
			case 'withdrawn':
				return { text: m.members_log_withdrawn({ by }), details: [] };
			case 'new-keys':
				return { text: m.members_log_new_keys({ by }), details: [] };
			default:
				return unreachable(event);
		}
	}

	ofReceipt({ outcome, by, until, name, device }: SeenReceipt): Words {
		const who = by === this.#access.member?.identity ? m.members_log_you() : (name ?? m.common_unnamed());
		const isUnit = this.#access.identities.get(by)?.type === 'unit';
		if (outcome === 'seen') {
			const books = Object.keys(until).filter(isShareable).map(bookName);
			const from = this.#device(by, device);
			// A unit's mark says that staff have gone through it; a relative's that the app has shown it to them.
			if (!isUnit && books.length > 0)
				return { text: m.log_looked({ name: who, books: inSentence(books) }), details: from };
			return {
				text: m.circle_seen_seen({ name: who }),
				details: [...(books.length > 0 ? [m.members_log_seen_books({ books: books.join(', ') })] : []), ...from]
			};
		}
		if (outcome === 'accepted') return { text: m.circle_seen_accepted({ name: who }), details: [] };
		return { text: isUnit ? m.circle_seen_declined({ name: who }) : m.members_log_left({ name: who }), details: [] };
	}

	/** Which of several devices it was; somebody who has one needs no telling. */
	#device(by: IdentityId, device: DeviceId): string[] {
		const identity = this.#access.identities.get(by);
		const devices = identity ? activeDevices(identity) : [];
		const n = devices.findIndex(({ id }) => id === device) + 1;
		return devices.length > 1 && n > 0 ? [m.log_looked_device({ n, count: devices.length })] : [];
	}

	#details(changes: readonly RightChange[]): string[] {
		const of = (which: (change: RightChange) => boolean) =>
			changes
				.filter(which)
				.flatMap(({ book }) => {
					const kind = kindOf(this.#access, book);
					return kind && isShareable(kind) ? [bookName(kind)] : [];
				})
				.join(', ');
		const lines: [string, (given: { books: string }) => string][] = [
			[of(({ to }) => to === 'w'), m.members_log_writes],
			[of(({ from, to }) => from === null && to === 'r'), m.members_log_sees],
			[of(({ from, to }) => from === 'w' && to === 'r'), m.members_log_no_longer_writes],
			[of(({ from, to }) => from !== null && to === null), m.members_log_no_longer_sees]
		];
		return lines.flatMap(([books, words]) => (books ? [words({ books })] : []));
	}

	/** Whoever is an owner from the first record on began their own; a co-owner began it for somebody. */
	#began(by: IdentityId): string {
		const [first] = this.#access.chain.records;
		if (first === undefined || holderOf(first.body) === undefined) return m.members_log_began();
		const name = openedRoster(this.#access, first.body)?.person;
		return name
			? m.handover_log_began({ by: this.#name(by), name })
			: m.handover_log_began_unnamed({ by: this.#name(by) });
	}

	#name(identity: IdentityId): string {
		if (identity === this.#access.member?.identity) return m.members_log_you();
		return nameOf(this.#access, identity) ?? m.common_unnamed();
	}

	#object(identity: IdentityId): string {
		return identity === this.#access.member?.identity ? m.members_log_you_object() : this.#name(identity);
	}
}
