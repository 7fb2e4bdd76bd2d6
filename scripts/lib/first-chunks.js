/**
 * What the first pages and the data layer need, in a few files instead of a hundred small ones: each file costs a phone a
 * question to the worker, a look in its cache and a script of its own, whatever its size (docs/decisions/0023).
 */

/** @typedef {{ importedIds: readonly string[], code: string | null }} Module */
/** @typedef {{ getModuleInfo: (id: string) => Module | null }} Graph */
/** @typedef {{ debugName: string, priority: number, name: (id: string, graph: Graph) => string | null }} Group */

/** The messages are a module each, reached by name through one that names them all. */
const MESSAGES = /\/paraglide\/messages(\.js|\/.*)$/;
const USED_MESSAGE = /\bm\.([a-z]\w*)/g;

/**
 * Groups for the bundler: a file for what `first` reaches by static imports, and one for each set of beginnings that reach the
 * same modules beyond it, so that no page fetches what it does not need. Everything else is left to the bundler.
 * @param {readonly string[]} first ids of the modules every page begins with
 * @param {Readonly<Record<string, string>>} beginnings name of a file, and the id of the module it begins with
 * @param {(message: string) => string} messageId the id of a message's module
 * @returns {Group[]}
 */
export function firstChunks(first, beginnings, messageId) {
	/** @type {Map<string, string> | null} */
	let files = null;
	const group = (/** @type {string} */ file, /** @type {number} */ priority) => ({
		debugName: file,
		priority,
		name: (/** @type {string} */ id, /** @type {Graph} */ graph) => {
			files ??= assign(first, beginnings, (from) => reached(from, graph, messageId));
			return files.get(id) === file ? file : null;
		}
	});
	const sets = subsets(Object.keys(beginnings));
	// What a module imports is reached by whatever reaches the module: larger sets first, or it would be taken along.
	return [group('first', sets.length + 1), ...sets.map((names) => group(names.join('-'), names.length))];
}

/**
 * @param {readonly string[]} first
 * @param {Readonly<Record<string, string>>} beginnings
 * @param {(from: readonly string[]) => ReadonlySet<string>} reach
 */
function assign(first, beginnings, reach) {
	const everywhere = reach(first);
	/** @type {Map<string, string>} */
	const files = new Map();
	for (const [name, id] of Object.entries(beginnings))
		for (const found of reach([id])) files.set(found, files.has(found) ? `${files.get(found)}-${name}` : name);
	for (const id of everywhere) files.set(id, 'first');
	// A beginning is asked for by its own name, and stays what it is.
	for (const id of Object.values(beginnings)) files.delete(id);
	return files;
}

/**
 * Everything a browser has to have for these modules. A message counts where its name is used.
 * @param {readonly string[]} from
 * @param {Graph} graph
 * @param {(message: string) => string} messageId
 */
function reached(from, graph, messageId) {
	/** @type {Set<string>} */
	const found = new Set();
	const waiting = [...from];
	for (const id of waiting) {
		const module = found.has(id) ? null : graph.getModuleInfo(id);
		if (!module) continue;
		found.add(id);
		const [messages, modules] = [true, false].map((wanted) =>
			module.importedIds.filter((imported) => MESSAGES.test(imported) === wanted)
		);
		waiting.push(...(modules ?? []));
		if (messages?.length)
			for (const [, name = ''] of (module.code ?? '').matchAll(USED_MESSAGE)) waiting.push(messageId(name));
	}
	return found;
}

/** Every choice of at least one, each in the order given. @param {readonly string[]} names @returns {string[][]} */
const subsets = ([first, ...rest]) => {
	if (first === undefined) return [];
	const without = subsets(rest);
	return [[first], ...without.map((others) => [first, ...others]), ...without];
};
