/** Hands a file over to the device's own way of saving files. Its name says what it is and when, and nothing of whose. */
export function saveFile(file: Uint8Array, day: Date, kind: 'backup' | 'archive' = 'backup'): void {
	const url = URL.createObjectURL(new Blob([file as Uint8Array<ArrayBuffer>], { type: 'application/octet-stream' }));
	const link = document.createElement('a');
	link.href = url;
	const name = kind === 'archive' ? 'hemlinje-arkiv' : 'hemlinje';
	link.download = `${name}-${day.toLocaleDateString('sv-SE')}.age`;
	link.click();
	// The browser has taken hold of it by the next task.
	setTimeout(() => URL.revokeObjectURL(url));
}
