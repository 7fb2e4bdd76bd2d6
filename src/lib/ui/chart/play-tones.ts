/** Plays tones with Web Audio. Made by the press of a button, so no browser takes it for a sound nobody asked for. */
import type { Tone } from './tones';

const VOLUME = 0.2;
const FADE_SECONDS = 0.015;
/** Before the first tone, so that it is not cut. */
const LEAD_SECONDS = 0.06;

/** Gives back what stops it. `onEnd` is called once, when the last tone has sounded; not after a stop. */
export function playTones(tones: readonly Tone[], onEnd: () => void): () => void {
	const audio = new AudioContext();
	const start = audio.currentTime + LEAD_SECONDS;
	const sources = tones.map((tone) => sound(audio, tone, start + tone.at));
	const last = sources.at(-1);
	const close = () => void audio.close();
	if (last) {
		last.onended = () => {
			close();
			onEnd();
		};
	}
	return () => {
		if (last) last.onended = null;
		close();
	};
}

function sound(audio: AudioContext, { pitch, seconds, evening, pan }: Tone, at: number): OscillatorNode {
	const source = audio.createOscillator();
	const volume = audio.createGain();
	const side = audio.createStereoPanner();
	// A click is a short, low knock.
	source.type = pitch === null ? 'square' : evening ? 'sine' : 'triangle';
	source.frequency.value = pitch ?? 90;
	side.pan.value = pan;
	volume.gain.setValueAtTime(0, at);
	volume.gain.linearRampToValueAtTime(evening ? VOLUME * 0.8 : VOLUME, at + FADE_SECONDS);
	volume.gain.linearRampToValueAtTime(0, at + seconds + FADE_SECONDS);
	source.connect(volume).connect(side).connect(audio.destination);
	source.start(at);
	source.stop(at + seconds + 2 * FADE_SECONDS);
	return source;
}
