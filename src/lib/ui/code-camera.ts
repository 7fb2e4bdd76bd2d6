/** Reading a QR code with the camera, where the browser can do that itself. */

interface Detector {
	detect(source: HTMLVideoElement): Promise<readonly { readonly rawValue: string }[]>;
}
type DetectorClass = new (options: { readonly formats: readonly string[] }) => Detector;

const detectorClass = (): DetectorClass | undefined =>
	(globalThis as { BarcodeDetector?: DetectorClass }).BarcodeDetector;

export const canReadCodes = (): boolean =>
	detectorClass() !== undefined && typeof navigator !== 'undefined' && navigator.mediaDevices !== undefined;

/** Between two looks at the picture. */
const LOOK_EVERY_MS = 250;

/** Films until a code is read, `signal` ends it, or the camera cannot be had: null then. The camera is let go of either way. */
export async function readCode(video: HTMLVideoElement, signal: AbortSignal): Promise<string | null> {
	const Detector = detectorClass();
	if (!Detector) return null;
	const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment' } }).catch(() => null);
	if (!stream) return null;
	try {
		video.srcObject = stream;
		await video.play();
		const detector = new Detector({ formats: ['qr_code'] });
		while (!signal.aborted) {
			const [found] = await detector.detect(video);
			if (found) return found.rawValue;
			await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
		}
		return null;
	} catch {
		// A camera that is taken away in the middle is one that cannot be had.
		return null;
	} finally {
		video.srcObject = null;
		for (const track of stream.getTracks()) track.stop();
	}
}
