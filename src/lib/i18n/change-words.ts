/** A change of medicine, or what else happened, in words. */
import type { ChangeDraft, ChangeType } from '$lib/domain/change';
import { m } from '$lib/i18n/paraglide/messages';

/** As much of a name as has room above a plot. */
const MOST_LETTERS = 28;

/** **Enalapril 5 → 10 mg**, **Furix, ny**: above a plot. */
export function changeShort({ type, name, from, to }: ChangeDraft): string {
	const short = name.length > MOST_LETTERS ? `${name.slice(0, MOST_LETTERS - 1).replace(/[\s.,;:–-]+$/u, '')}…` : name;
	return m.change_short({ type, name: withDose(short, from, to) });
}

/** **Enalapril: ny dos 5 → 10 mg**: in a list. */
export function changeLong({ type, name, from, to }: ChangeDraft): string {
	return m.change_long({ type, name: withDose(name, from, to) });
}

/** `Enalapril 5 → 10 mg`, `Enalapril 10 mg`: a unit both doses share is said once. */
function withDose(name: string, from: string | undefined, to: string | undefined): string {
	if (!from || !to) return [name, from ?? to ?? ''].join(' ').trim();
	const [first, second] = [amountAndUnit(from), amountAndUnit(to)];
	const before = first && second && first.unit === second.unit ? first.amount : from;
	return `${name} ${before} → ${to}`;
}

function amountAndUnit(dose: string): { amount: string; unit: string } | null {
	const [, amount, unit] = /^(\d+(?:[.,]\d+)?)\s*(\D+)$/.exec(dose.trim()) ?? [];
	return amount && unit ? { amount, unit: unit.trim() } : null;
}

export const changeTypeName = (type: ChangeType): string => m.change_type({ type });
