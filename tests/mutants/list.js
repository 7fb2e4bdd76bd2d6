/**
 * K5: faults an attacker would wish for, each in one line of the real source. Every one must be noticed by the tests named
 * beside it (security test plan 7.6). `from` stands exactly once in its file; a file that has moved on fails the run.
 */

const ACCEPT = ['src/lib/protocol/accept.test.ts', 'src/lib/protocol/malicious-member.property.test.ts'];
const MANIFEST = ['src/lib/protocol/manifest.test.ts'];
const CODECS = ['src/lib/protocol/codecs.test.ts', 'src/lib/crypto/crypto.test.ts'];
const LOG = ['src/lib/protocol/identity-log.test.ts'];
const SYNC = ['src/lib/sync/engine.test.ts', 'src/lib/sync/bring-back.test.ts', 'src/lib/sync/relay-trust.test.ts'];
const LOCK = ['src/lib/storage/store-lock.test.ts'];

/** @typedef {{ name: string, file: string, from: string, to: string, tests: readonly string[] }} Mutant */

/** @type {readonly Mutant[]} */
export const mutants = [
	{
		name: 'the header is no longer bound to what is sealed',
		file: 'src/lib/protocol/frame.ts',
		from: 'const ciphertext = seal(frameKey(input.epochKey, input.type), input.nonce, aad,',
		to: 'const ciphertext = seal(frameKey(input.epochKey, input.type), input.nonce, new Uint8Array(),',
		tests: ['src/lib/protocol/formats.test.ts', ...CODECS]
	},
	{
		name: 'a batch key opens a snapshot',
		file: 'src/lib/protocol/frame.ts',
		from: "deriveKey(epochKey, type === 'batch' ? 'hl/frame' : 'hl/snapshot')",
		to: "deriveKey(epochKey, type === 'batch' ? 'hl/frame' : 'hl/frame')",
		tests: ['src/lib/protocol/formats.test.ts', ...CODECS]
	},
	{
		name: 'any suite is opened',
		file: 'src/lib/protocol/frame.ts',
		from: 'if (frame.header.suite !== SUITE) return null;',
		to: '',
		tests: [...CODECS, ...ACCEPT]
	},
	{
		name: 'signatures are not looked at',
		file: 'src/lib/protocol/frame.ts',
		from: 'verify(signatureTags.frame, signedPart(frame.bytes), frame.bytes.subarray(-SIGNATURE_LENGTH), pub);',
		to: 'pub.length > 0 && frame.bytes.length > 0;',
		tests: [...CODECS, ...ACCEPT]
	},
	{
		name: 'cuts are forgotten',
		file: 'src/lib/protocol/accept.ts',
		from: "if (isBeyondCut(frame, author, linked, rules.input.chain.head.body)) return 'beyond-cut';",
		to: '',
		tests: ACCEPT
	},
	{
		name: 'a withheld head lets everything through',
		file: 'src/lib/protocol/accept.ts',
		from: 'if (!head || head.hash === null || seq > head.seq) return true;',
		to: 'if (!head || head.hash === null) return true;',
		tests: ACCEPT
	},
	{
		name: 'a broken chain counts',
		file: 'src/lib/protocol/accept.ts',
		from: "const judged = isLinked ? judge(frame, rules, linked) : 'gap';",
		to: 'const judged = judge(frame, rules, linked);',
		tests: ACCEPT
	},
	{
		name: 'readers write',
		file: 'src/lib/protocol/accept.ts',
		from: "accessOf(member, book) === 'w' && member.idHead.n < owner.removedAt",
		to: 'accessOf(member, book) !== null && member.idHead.n < owner.removedAt',
		tests: ACCEPT
	},
	{
		name: 'a removed device writes on',
		file: 'src/lib/protocol/accept.ts',
		from: ' && member.idHead.n < owner.removedAt)',
		to: ')',
		tests: ACCEPT
	},
	{
		name: 'a frame of another circle counts',
		file: 'src/lib/protocol/accept.ts',
		from: 'frame.header.circle === input.chain.circle && input.isSigned(frame, owner.sign)',
		to: 'input.isSigned(frame, owner.sign)',
		tests: ACCEPT
	},
	{
		name: 'one measure is written in another’s book',
		file: 'src/lib/protocol/accept.ts',
		from: 'return !isMeasured || !isMeasureKind(kind) || entry.measure === kind;',
		to: 'return isMeasured || !isMeasured;',
		tests: ACCEPT
	},
	{
		name: 'a device that has not confirmed itself counts',
		file: 'src/lib/protocol/accept.ts',
		from: '.filter((device) => device.confirmed)',
		to: '',
		tests: ACCEPT
	},
	{
		name: 'anybody takes back anybody’s values',
		file: 'src/lib/protocol/project.ts',
		from: 'change.owning || change.author === target.author;',
		to: 'change.owning || change.author.length > 0 || target.owning;',
		tests: [...ACCEPT, 'src/lib/protocol/project.test.ts']
	},
	{
		name: 'a taken id pushes the first one aside',
		file: 'src/lib/protocol/project.ts',
		from: 'said.find((each) => each.owning) ?? said[0]',
		to: 'said.at(-1)',
		tests: [...ACCEPT, 'src/lib/protocol/project.test.ts']
	},
	{
		name: 'values in any unit are shown',
		file: 'src/lib/protocol/project.ts',
		from: 'Object.hasOwn(values, key) ? units[key] === unit : !required',
		to: 'Object.hasOwn(values, key) ? unit.length >= 0 || units[key] === unit : !required',
		tests: ['src/lib/protocol/project.test.ts']
	},
	{
		name: 'a right is lost without a cut',
		file: 'src/lib/protocol/manifest.ts',
		from: 'next.cuts.some((cut) => cut.member === member && cut.book === book && cut.epoch === lastEpoch && !cut.listedOnly)',
		to: 'member.length > 0',
		tests: MANIFEST
	},
	{
		name: 'cuts can be dropped',
		file: 'src/lib/protocol/manifest.ts',
		from: "return guarded && cutsStay(previous, next) ? ok(undefined) : err({ type: 'unguarded-loss' });",
		to: "return guarded ? ok(undefined) : err({ type: 'unguarded-loss' });",
		tests: MANIFEST
	},
	{
		name: 'a member who renews keys also changes members',
		file: 'src/lib/protocol/manifest.ts',
		from: '[withoutOwnHead(next), next.invites, next.roster, next.suiteMin],',
		to: '[withoutOwnHead(previous), next.invites, next.roster, next.suiteMin],',
		tests: MANIFEST
	},
	{
		name: 'a co-owner becomes owner',
		file: 'src/lib/protocol/manifest.ts',
		from: "(now.role !== 'owner' || old?.role === 'owner') && (!now.actsFor",
		to: '(!now.actsFor',
		tests: MANIFEST
	},
	{
		name: 'the least suite is lowered',
		file: 'src/lib/protocol/manifest.ts',
		from: 'next.space !== previous.space || next.suiteMin < previous.suiteMin',
		to: 'next.space !== previous.space',
		tests: MANIFEST
	},
	{
		name: 'an epoch’s commitment is exchanged',
		file: 'src/lib/protocol/manifest.ts',
		from: '? now.keyCommit === old.keyCommit',
		to: '? now.keyCommit.length > 0',
		tests: MANIFEST
	},
	{
		name: 'any key is taken for the book’s',
		file: 'src/lib/protocol/envelope.ts',
		from: "equalBytes(mac(key, utf8('commit')), idBytes(commit));",
		to: "equalBytes(mac(key, utf8('commit')), mac(key, utf8('commit'))) && idBytes(commit).length > 0;",
		tests: [...CODECS, ...SYNC]
	},
	{
		name: 'an identity log is continued by anybody',
		file: 'src/lib/protocol/signed-record.ts',
		from: 'verify(',
		to: '((..._: unknown[]) => true)(',
		tests: [...LOG, ...MANIFEST, ...CODECS]
	},
	{
		name: 'a relay that goes back is followed',
		file: 'src/lib/sync/pull-books.ts',
		from: 'if (pos < local.pos || (pos === local.pos && !standsAs(local, shown))) result = wentBack;',
		to: 'if (pos < 0) result = wentBack;',
		tests: SYNC
	},
	{
		name: 'an acknowledgement is believed blindly',
		file: 'src/lib/storage/waiting.ts',
		from: 'if (pos <= (head?.pos ?? 0) && frame?.pos !== pos) return false;',
		to: 'if (pos < 0 && frame?.pos !== pos) return false;',
		tests: ['src/lib/sync/hostile-relay.property.test.ts']
	},
	{
		name: 'another history is taken for the same',
		file: 'src/lib/sync/evidence.ts',
		from: 'if (here && here.run !== run) this.isForked = true;',
		to: 'if (here && here.run === undefined) this.isForked = run.length > 0;',
		tests: SYNC
	},
	{
		name: 'the raw key stays beside the lock',
		file: 'src/lib/storage/store-lock.ts',
		from: 'database.keys.bulkDelete(HOLDERS.filter((row) => row !== holder.id)),',
		to: '',
		tests: LOCK
	},
	{
		name: 'a new passphrase keeps the old key',
		file: 'src/lib/storage/store-lock.ts',
		from: 'const next = random(MASTER_KEY_LENGTH);',
		to: 'const next = masterKey.bytes.slice();',
		tests: LOCK
	},
	{
		name: 'a tab writes under a key that is out of use',
		file: 'src/lib/storage/connection.ts',
		from: "Promise.all([database.meta.get('minWriter'), checkKey(database, masterKey)]);",
		to: "Promise.all([database.meta.get('minWriter'), masterKey.generation]);",
		tests: LOCK
	},
	{
		name: 'a lock asks for as much memory as it likes',
		file: 'src/lib/storage/lock-row.ts',
		from: 'z.maximum(MEMORY_KIB.most)',
		to: 'z.maximum(2 ** 40)',
		tests: LOCK
	},
	{
		name: 'a way of an earlier lock opens this one',
		file: 'src/lib/storage/lock-row.ts',
		from: 'utf8(`hl/lock/1/${kind}/${lockId}`)',
		to: 'utf8(`hl/lock/1/${kind}/${lockId.length}`)',
		tests: LOCK
	},
	{
		name: 'the last way in can be taken out',
		file: 'src/lib/storage/store-lock.ts',
		from: 'return wraps.length > 0 ? { ...lock, wraps } : null;',
		to: 'return { ...lock, wraps };',
		tests: LOCK
	},
	{
		name: 'a frame is not looked for in blocks',
		file: 'src/lib/storage/put-remote.ts',
		from: 'isBehind ? arrivalsInBlocks(',
		to: 'isBehind && false ? arrivalsInBlocks(',
		tests: ['src/lib/storage/blocks.property.test.ts']
	},
	{
		name: 'a circle is taken for opened from logs it was not opened from',
		file: 'src/lib/sync/known-logs.ts',
		from: '[...identities].every(([id, identity]) => access.identities.get(id) === identity);',
		to: 'true;',
		tests: ['src/lib/sync/devices.test.ts']
	},
	{
		name: 'another chain of the same length is taken for the known one',
		file: 'src/lib/sync/engine.ts',
		from: 'if (isKnown && shortHash(',
		to: 'if (isKnown && false && shortHash(',
		tests: ['src/lib/sync/engine.test.ts']
	},
	{
		name: 'the word is taken for frames behind one that is not there',
		file: 'src/lib/storage/local-store.ts',
		from: 'if (!(await acknowledgeOne(database, row, pos))) return n;',
		to: 'if (!(await acknowledgeOne(database, row, pos)) && n < 0) return n;',
		tests: ['src/lib/sync/bring-back.test.ts']
	},
	{
		name: 'a circle is not looked at again after a push that shows a gap',
		file: 'src/lib/sync/engine.ts',
		from: 'if (sent.length > 0 || !result.ok) {',
		to: 'if (sent.length > 0) {',
		tests: ['src/lib/sync/bring-back.test.ts']
	},
	{
		name: 'only the newest frame of all is missed when another has its place',
		file: 'src/lib/storage/put-remote.ts',
		from: 'await newestAcknowledged(database, head);',
		to: 'head.hash === null ? undefined : await database.frames.get([circle, book, head.hash]);',
		tests: ['src/lib/sync/bring-back.test.ts']
	},
	{
		name: 'a record is brought back by nobody but who runs the circle',
		file: 'src/lib/sync/bring-back.ts',
		from: 'if (!access?.member || !(head || isOwning(access.member))) continue;',
		to: 'if (!access?.member || !isOwning(access.member)) continue;',
		tests: ['src/lib/sync/bring-back.test.ts']
	},
	{
		name: 'what waits in a circle that was left gets no new key',
		file: 'src/lib/sync/engine.ts',
		from: 'if (isLeft && !(await this.#owesWords(head.circle))) return ok(undefined);',
		to: 'if (isLeft) return ok(undefined);',
		tests: ['src/lib/sync/never-lost.test.ts']
	},
	{
		name: 'a relative pushes another’s word about a medicine aside',
		file: 'src/lib/protocol/standing-entries.ts',
		from: 'return said.map((each, n) =>',
		to: 'return said.slice(0, 1).map((each, n) =>',
		tests: ['src/lib/protocol/project-changes.test.ts']
	},
	{
		name: 'a random generator that stands still makes keys',
		file: 'src/lib/crypto/random.ts',
		from: 'if (second.every((byte, at) => byte === bytes[at])) throw',
		to: 'if (length < 0 && second.every((byte, at) => byte === bytes[at])) throw',
		tests: ['src/lib/crypto/crypto.test.ts']
	}
];
