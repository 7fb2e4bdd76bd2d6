/** What one person may do with one book, as a cell shows it. */
export type ShownRight = 'read' | 'write' | 'propose' | 'none';
