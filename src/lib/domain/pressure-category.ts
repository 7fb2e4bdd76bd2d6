/**
 * Categories of a mean home blood pressure. Shown on no patient screen (ARCHITECTURE 1.4): they are domain functions held
 * against the vectors, and nothing that a person sees may import them.
 */
import { type Pressure, reachesLimit } from './pressure';

export type CategoryStergiou2018 = 'normal' | 'borderline' | 'home-hypertension';

/**
 * Below 130/80 normal, from 135/85 hypertension (Stergiou 2018, doi:10.1111/jch.13284). The worse of the two pressures
 * decides, on the mean as it is before rounding (STANDARDS A1, D1).
 */
export function categoryStergiou2018(mean: Pressure): CategoryStergiou2018 {
	if (reachesLimit(mean, 135, 85)) return 'home-hypertension';
	return reachesLimit(mean, 130, 80) ? 'borderline' : 'normal';
}

export type CategoryEsc2024Home = 'non-elevated' | 'elevated' | 'hypertension';

/**
 * Below 120/70 not elevated, from 135/85 hypertension (ESC 2024, doi:10.1093/eurheartj/ehae178; the lower limit at home
 * from a secondary source only). The worse of the two pressures decides, on the mean as it is before rounding.
 */
export function categoryEsc2024Home(mean: Pressure): CategoryEsc2024Home {
	if (reachesLimit(mean, 135, 85)) return 'hypertension';
	return reachesLimit(mean, 120, 70) ? 'elevated' : 'non-elevated';
}
