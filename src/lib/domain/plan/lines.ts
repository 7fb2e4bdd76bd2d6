/** The lines of a plan that say who does what, when and with whom. Each has an id that it keeps through its changes. */
import * as z from 'zod/mini';
import { homeBpProtocolSchema } from '../home-bp-protocol';
import { measureKinds } from '../measures';
import {
	agreedMomentSchema,
	daysSchema,
	httpsLinkSchema,
	lineIdSchema,
	localDateSchema,
	phoneSchema,
	sourceSchema
} from './fields';
import { callTargetSchema } from './rule';
import { textSchema } from './text';

/** Something that matters to the person (Vad är viktigt för mig), or what to do when all is well. */
export const textLineSchema = z.strictObject({ id: lineIdSchema, text: textSchema('line') });

export const goalSchema = z.strictObject({
	id: lineIdSchema,
	text: textSchema('line'),
	/** The line of what matters that it is for. */
	matters: z.optional(lineIdSchema),
	until: z.optional(localDateSchema)
});

/** Jag gör, Närstående gör, Vården gör: also what prevents and rehabilitates. */
const doers = ['me', 'relative', 'care'] as const;
export const actionSchema = z.strictObject({
	id: lineIdSchema,
	who: z.enum(doers),
	text: textSchema('line'),
	/** "varje morgon", "måndagar". */
	when: z.optional(textSchema('short')),
	from: z.optional(localDateSchema),
	until: z.optional(localDateSchema)
});

/** One field's target band, both ends in it. */
const targetSchema = z
	.strictObject({
		field: z.string().check(z.regex(/^[a-z][A-Za-z0-9]{0,31}$/)),
		min: z.optional(z.number()),
		max: z.optional(z.number())
	})
	.check(z.refine(({ min, max }) => (min ?? -Infinity) <= (max ?? Infinity), 'from low to high'));

/** What is measured, when, how, and where the values are meant to lie. */
export const measuringSchema = z.strictObject({
	id: lineIdSchema,
	measure: z.enum(measureKinds),
	/** ISO days of the week, 1 is Monday; all seven are every day. */
	weekdays: z.array(z.int().check(z.minimum(1), z.maximum(7))).check(z.minLength(1), z.maxLength(7)),
	/** Minutes of the wall clock. */
	times: z.array(z.int().check(z.minimum(0), z.maximum(1439))).check(z.maxLength(6)),
	/** Measured as a series by this protocol, stored whole as a series is. */
	protocol: z.optional(homeBpProtocolSchema),
	/** Weeks from one time to the next; absent is every week. */
	everyWeeks: z.optional(z.int().check(z.minimum(2), z.maximum(52))),
	targets: z.array(targetSchema).check(z.maxLength(4)),
	source: z.optional(sourceSchema)
});

/** A medicine as the person takes it, in their own words. */
export const medicineSchema = z.strictObject({
	id: lineIdSchema,
	name: textSchema('short'),
	dose: textSchema('short'),
	when: z.optional(textSchema('short')),
	note: z.optional(textSchema('line')),
	/** A step the person may take without asking: so many times, then contact. */
	adjust: z.optional(
		z.strictObject({
			step: textSchema('line'),
			times: z.int().check(z.minimum(1), z.maximum(30)),
			withinDays: daysSchema(90),
			mostPerDay: z.int().check(z.minimum(1), z.maximum(10)),
			contact: callTargetSchema
		})
	)
});
export type Medicine = z.infer<typeof medicineSchema>;

/** Several organisations stand on one page. */
const organisations = ['region', 'municipality', 'private', 'other'] as const;
export const contactSchema = z.strictObject({
	id: lineIdSchema,
	name: textSchema('short'),
	role: z.optional(textSchema('short')),
	organisation: z.enum(organisations),
	unit: z.optional(textSchema('short')),
	phone: z.optional(phoneSchema),
	/** "vardagar 8–16". */
	hours: z.optional(textSchema('short'))
});
export type Contact = z.infer<typeof contactSchema>;

/** Who stands in for a contact between two dates, both counted. */
export const coverSchema = z
	.strictObject({
		id: lineIdSchema,
		contact: lineIdSchema,
		name: textSchema('short'),
		phone: z.optional(phoneSchema),
		from: localDateSchema,
		until: localDateSchema
	})
	.check(z.refine(({ from, until }) => from <= until, 'from the first day to the last'));
export type Cover = z.infer<typeof coverSchema>;

/** Överenskommen tid. */
export const appointmentSchema = z.strictObject({
	id: lineIdSchema,
	title: textSchema('short'),
	at: agreedMomentSchema,
	minutes: z.optional(z.int().check(z.minimum(5), z.maximum(1440))),
	place: z.optional(textSchema('line')),
	video: z.optional(httpsLinkSchema)
});

/** What a relative can take on, and what not just now (orkar, orkar inte just nu). */
export const capacitySchema = z.strictObject({
	id: lineIdSchema,
	who: textSchema('short'),
	can: z.boolean(),
	text: textSchema('line')
});

/**
 * The assessment that makes a measure self-care by law (lag 2022:1250 om egenvård, 2-3 §§; Meddelandeblad 2023-1-8335;
 * STANDARDS E): who assessed, with what risk, who helps, what to do when the state changes, when to assess again.
 */
export const assessmentSchema = z.strictObject({
	by: textSchema('short'),
	role: textSchema('short'),
	unit: textSchema('short'),
	date: localDateSchema,
	what: textSchema('long'),
	how: z.optional(textSchema('long')),
	helpers: z.optional(textSchema('line')),
	risk: z.optional(textSchema('long')),
	ifChanged: z.optional(textSchema('long')),
	contact: z.optional(lineIdSchema),
	followUp: z.optional(localDateSchema),
	/** "när medicinen ändras". */
	reassess: z.optional(textSchema('line'))
});

/** Samordnad individuell plan (HSL 2017:30 16 kap. 4 §): whether it is wished for, and who leads it. */
export const sipSchema = z.strictObject({
	wish: z.enum(['yes', 'no', 'has']),
	coordinator: z.optional(textSchema('line'))
});
