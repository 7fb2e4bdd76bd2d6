/** Puts text on the clipboard. False where the browser refuses; the text must then be there to be selected. */
export async function copyText(text: string): Promise<boolean> {
	try {
		await navigator.clipboard.writeText(text);
		return true;
	} catch {
		// Refused, or not a secure context: the caller shows the text instead.
		return false;
	}
}
