/** What kind of device this browser says it is; a proposal for a name, and nothing else hangs on it. */
import type { PairingHello } from '$lib/protocol/pairing';

export function looksLike({ userAgent, maxTouchPoints }: Navigator): PairingHello['looksLike'] {
	if (/iPad|Tablet/.test(userAgent) || (/Macintosh/.test(userAgent) && maxTouchPoints > 1)) return 'tablet';
	if (/Android/.test(userAgent)) return /Mobile/.test(userAgent) ? 'phone' : 'tablet';
	return /iPhone|iPod|Mobile/.test(userAgent) ? 'phone' : 'computer';
}

/** Between two questions to the relay while somebody looks at the screen. */
export const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 1500));
