/**
 * The layers of a page that a reader does not see. PDFium does not say which are switched off, but does not draw them: each
 * is drawn alone, on grey paper, and a layer that leaves no mark is hidden.
 */
import { drawPage } from "./drawPage.ts"
import type { PageObjects } from "./pageObjects.ts"
import type { Pdfium } from "./Pdfium.ts"

/** In pixels: enough that a line of small print leaves a mark. */
const width = 800
const tallest = 3200
const paper = 0x5b
/** More layers are drawings' layers, and cost a picture each. */
const mostLayers = 40

export const hiddenLayers = (
  pdfium: Pdfium,
  page: number,
  size: { readonly width: number; readonly height: number },
  { layers, top }: PageObjects
): ReadonlySet<string> => {
  const names = new Set([...new Set(layers.values())].slice(0, mostLayers))
  if (names.size === 0) return names
  const height = Math.max(1, Math.min(tallest, Math.round((width * size.height) / size.width)))
  const hidden = new Set<string>()
  try {
    for (const name of names) {
      for (const { layer, object } of top) pdfium.FPDFPageObj_SetIsActive(object, layer === name ? 1 : 0)
      const { pixels } = drawPage(pdfium, page, { width, height, turn: 0, paper, withAnnotations: false })
      if (pixels.every((pixel) => pixel === paper)) hidden.add(name)
    }
  } finally {
    for (const { object } of top) pdfium.FPDFPageObj_SetIsActive(object, 1)
  }
  return hidden
}
