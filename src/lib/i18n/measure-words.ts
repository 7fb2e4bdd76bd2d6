/** Measures by name, in the app's language. */
import type { MeasureKind } from '$lib/domain/measures';
import { m } from './paraglide/messages';

const names: { readonly [K in MeasureKind]: () => string } = {
	bloodPressure: () => m.common_measure_blood_pressure(),
	weight: () => m.common_measure_weight(),
	pulse: () => m.common_measure_pulse(),
	selfRatedHealth: () => m.common_measure_self_rated_health()
};

export const measureName = (measure: MeasureKind): string => names[measure]();
