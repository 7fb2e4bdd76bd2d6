/** A table as a file that Swedish spreadsheets open: semicolons, and a mark that says which letters these are. */

/** A cell that a spreadsheet would take for a formula is kept as text (OWASP, CSV injection). */
const csvCell = (text: string): string => {
	const plain = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
	return /[;"\r\n]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
};

export const csvText = (lines: readonly (readonly string[])[]): string =>
	`\uFEFF${lines.map((line) => line.map(csvCell).join(';')).join('\r\n')}\r\n`;

export function downloadCsv(name: string, lines: readonly (readonly string[])[]): void {
	const link = document.createElement('a');
	link.href = URL.createObjectURL(new Blob([csvText(lines)], { type: 'text/csv;charset=utf-8' }));
	link.download = name;
	link.click();
	URL.revokeObjectURL(link.href);
}
