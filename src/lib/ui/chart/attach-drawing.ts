/** Brings the drawing code in after the page's first paint, and keeps the drawing in step with theme and text size. */
import type { TrendDrawing, TrendPicture } from './draw-trend';

export interface DrawingHooks {
	/** What is to be seen when the code has come. */
	readonly picture: () => TrendPicture;
	readonly onReady: (drawing: TrendDrawing) => void;
	/** The code could not be fetched: the words and the table have to do. */
	readonly onFail: () => void;
}

/** Gives back what takes the drawing away again. */
export function attachDrawing(canvas: HTMLCanvasElement, hooks: DrawingHooks): () => void {
	let drawing: TrendDrawing | null = null;
	let gone = false;
	const stopWatching = watchLook(() => drawing?.refresh());
	afterPaint(async () => {
		const code = await import('./draw-trend').catch(() => null);
		if (gone) return;
		if (!code) return hooks.onFail();
		drawing = code.drawTrend(canvas, hooks.picture());
		hooks.onReady(drawing);
	});
	return () => {
		gone = true;
		stopWatching();
		drawing?.destroy();
	};
}

const afterPaint = (act: () => Promise<void>): void => {
	requestAnimationFrame(() => setTimeout(() => void act()));
};

/** Tells when the page's theme, text size or typeface has changed. */
function watchLook(changed: () => void): () => void {
	const dark = matchMedia('(prefers-color-scheme: dark)');
	const attributes = new MutationObserver(changed);
	attributes.observe(document.documentElement, { attributeFilter: ['data-theme', 'data-text'] });
	dark.addEventListener('change', changed);
	document.fonts.addEventListener('loadingdone', changed);
	return () => {
		attributes.disconnect();
		dark.removeEventListener('change', changed);
		document.fonts.removeEventListener('loadingdone', changed);
	};
}
