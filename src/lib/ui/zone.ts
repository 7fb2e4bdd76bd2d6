/** A zone as shown: what the plan's clauses gave, or that they could not be answered. */
export type ShownZone = 'green' | 'yellow' | 'red' | 'unknown';
