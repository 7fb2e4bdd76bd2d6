/** Keeps the screen lit while somebody rests with the phone on the table, where the device can. Gives back how to let go. */
export function keepScreenAwake(): () => void {
	let isWanted = true;
	// Refused on low battery and in the background: the timer counts on all the same.
	const lock = navigator.wakeLock?.request('screen').catch(() => null);
	void lock?.then((held) => {
		if (!isWanted) return held?.release();
	});
	return () => {
		isWanted = false;
		void lock?.then((held) => held?.release());
	};
}
