/** Long work in slices: between two of them the thread is given back, so that a tap is answered and a frame is drawn. */

const SLICE_MS = 12;
/** How many are worked through before the clock is looked at. */
const AT_A_LOOK = 64;

/** Works through `items` in order, as many at a time as fit in a slice. Few items are done at once, without a pause. */
export async function inSlices<T>(items: readonly T[], work: (some: readonly T[]) => void): Promise<void> {
	const clock = sliceClock();
	for (let at = 0; at < items.length; at += AT_A_LOOK) {
		work(items.slice(at, at + AT_A_LOOK));
		if (at + AT_A_LOOK < items.length) await clock.pauseWhenDue();
	}
}

/** Gives the thread back once a slice has been used up. */
export function sliceClock(): { pauseWhenDue(): Promise<void> } {
	let since = performance.now();
	return {
		async pauseWhenDue() {
			if (performance.now() - since < SLICE_MS) return;
			await pause();
			since = performance.now();
		}
	};
}

/** A message to oneself: it comes after what already waits, and is not held back as timers are. */
const pause = (): Promise<void> =>
	new Promise((resolve) => {
		const channel = new MessageChannel();
		channel.port1.onmessage = () => {
			channel.port1.close();
			resolve();
		};
		channel.port2.postMessage(null);
	});
