/** Tells that a rest is over, in the ways somebody has turned on. A device that cannot is silent. */
import type { Signals } from './sitting';

const TONE_HZ = 660;
const TONE_S = 0.5;

export function signalTimeIsUp({ sound, vibration }: Signals): void {
	if (vibration) navigator.vibrate?.([200, 100, 200]);
	if (sound) playTone();
}

/** One soft tone. Browsers allow it because the person has pressed a button on this page before. */
function playTone(): void {
	const audio = new AudioContext();
	const tone = audio.createOscillator();
	const volume = audio.createGain();
	const end = audio.currentTime + TONE_S;
	tone.frequency.value = TONE_HZ;
	volume.gain.setValueAtTime(0.25, audio.currentTime);
	volume.gain.exponentialRampToValueAtTime(0.001, end);
	tone.connect(volume).connect(audio.destination);
	tone.onended = () => void audio.close();
	tone.start();
	tone.stop(end);
}
