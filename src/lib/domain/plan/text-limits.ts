/** Texts that are too long, named with how long they are and may be: the form says so beside the field. */
import type * as z from 'zod/mini';

export interface TextTooLong {
	readonly type: 'text-too-long';
	/** Where, as `actions.3.text`. */
	readonly place: string;
	readonly length: number;
	readonly most: number;
}

type Issue = z.core.$ZodIssue;
type TextIssue = Issue & { readonly code: 'too_big'; readonly maximum: number | bigint };

/** The issue of a string above its limit. */
export const isTextLimit = (issue: Issue): issue is TextIssue => issue.code === 'too_big' && issue.origin === 'string';

export function textTooLong(of: unknown, { path, maximum }: TextIssue): TextTooLong {
	const text = path.reduce<unknown>((part, key) => (part as Readonly<Record<PropertyKey, unknown>>)[key], of);
	return {
		type: 'text-too-long',
		place: path.join('.'),
		length: typeof text === 'string' ? text.length : 0,
		most: Number(maximum)
	};
}
