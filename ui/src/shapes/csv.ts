// SPDX-License-Identifier: Apache-2.0
// A table that stands on a page, as a file. Cells are guarded as the server guards those of its exports: a
// spreadsheet would run one that begins like a formula, and a guard that was there gets one of its own.
type Cell = string | number;

const isFormula = (cell: string): boolean => /^'+[=+\-@\t\r]/.test(cell) || (/^[=+\-@\t\r]/.test(cell) && !/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(cell));
function cellOf(value: Cell): string {
	const guarded = isFormula(String(value)) ? `'${value}` : String(value);
	return /[,;\t"\r\n]|^ | $/.test(guarded) ? `"${guarded.replaceAll('"', '""')}"` : guarded;
}
export const csvOf = (rows: Cell[][]): string => rows.map((row) => `${row.map(cellOf).join(',') || '""'}\r\n`).join('');

/** Offers the table for keeping; the mark in front tells spreadsheets that it is UTF-8. */
export function keepCsv(name: string, rows: Cell[][]): void {
	const link = document.createElement('a');
	link.href = URL.createObjectURL(new Blob(['\uFEFF', csvOf(rows)], { type: 'text/csv;charset=utf-8' }));
	link.download = `${name}.csv`;
	link.click();
	setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}
