/**
 * A slow device: the thread stands still for 5 ms at each sealing and each time the database has answered, which is where the
 * code goes on after an await. A transaction that waits for anything else there would end under it.
 */

const DELAY_MS = 5;

function standStill(): void {
	const until = performance.now() + DELAY_MS;
	while (performance.now() < until);
}

/** Slows the page down until the returned function is called. */
export function slowDown(): () => void {
	const mendRandom = before(Crypto.prototype, 'getRandomValues', standStill);
	const mendRequests = [IDBObjectStore, IDBIndex].flatMap(({ prototype }) =>
		REQUESTS.flatMap((name) => (name in prototype ? [after(prototype, name, delayAnswer)] : []))
	);
	return () => [mendRandom, ...mendRequests].forEach((mend) => mend());
}

/** Every sealing asks for a nonce; every one of these calls is awaited. */
const REQUESTS = [
	'get',
	'getAll',
	'getAllKeys',
	'getKey',
	'put',
	'add',
	'delete',
	'clear',
	'count',
	'openCursor'
] as const;

/** Listens first: whoever awaits the answer is told after it. */
const delayAnswer = (request: unknown): void => (request as IDBRequest).addEventListener('success', standStill);

function before(owner: object, name: string, act: () => void): () => void {
	return wrap(owner, name, (original, self, args) => {
		act();
		return Reflect.apply<unknown, unknown[], unknown>(original, self, args);
	});
}

function after(owner: object, name: string, act: (result: unknown) => void): () => void {
	return wrap(owner, name, (original, self, args) => {
		const result: unknown = Reflect.apply(original, self, args);
		act(result);
		return result;
	});
}

type Method = (...args: unknown[]) => unknown;

function wrap(
	owner: object,
	name: string,
	call: (original: Method, self: unknown, args: unknown[]) => unknown
): () => void {
	const original = Reflect.get(owner, name) as Method;
	Reflect.set(owner, name, function (this: unknown, ...args: unknown[]) {
		return call(original, this, args);
	});
	return () => void Reflect.set(owner, name, original);
}
