/** What is drawn on a page besides text: pictures with their places, and which text belongs to a hidden layer. */
import type { Box } from "./Frame.ts"
import type { OpenPdf } from "./openPdf.ts"
import { floats, type Pdfium, readString } from "./Pdfium.ts"

export interface PageObjects {
  readonly pictures: ReadonlyArray<Box>
  /** Lines and curves. */
  readonly paths: number
  /** Text objects → the name of the layer that they are on. */
  readonly layers: ReadonlyMap<number, string>
  /** Everything on the page itself, in drawing order. */
  readonly top: ReadonlyArray<TopObject>
}

interface TopObject {
  readonly object: number
  readonly layer: string | undefined
}

type Matrix = readonly [number, number, number, number, number, number]

const kinds = { text: 1, path: 2, image: 3, form: 5 } as const
/** Text over a scan is drawn in no layer. */
const invisible = 3
/** Forms may contain forms; deeper ones are not looked into. */
const deepest = 8
/** A page with more objects is a drawing. */
const mostObjects = 20_000

export const readPageObjects = ({ hasLayeredForms, pdfium }: OpenPdf, page: number): PageObjects => {
  const pictures: Array<Box> = []
  const layers = new Map<number, string>()
  const top: Array<TopObject> = []
  let paths = 0
  let left = mostObjects
  const visit = (object: number, to: Matrix, depth: number, outer: string | undefined) => {
    const kind = pdfium.FPDFPageObj_GetType(object)
    // A form's own layer cannot be asked for: each form is tried as a layer of its own.
    const ofForm = hasLayeredForms && depth === 0 && kind === kinds.form ? `form ${object}` : undefined
    const layer = outer ?? layerOf(pdfium, object) ?? ofForm
    if (depth === 0) top.push({ object, layer })
    switch (kind) {
      case kinds.text:
        if (layer !== undefined && pdfium.FPDFTextObj_GetTextRenderMode(object) !== invisible) layers.set(object, layer)
        break
      case kinds.path:
        paths++
        break
      case kinds.image:
        pictures.push(boundsOf(pdfium, object, to))
        break
      case kinds.form: {
        const inner = depth < deepest ? pdfium.FPDFFormObj_CountObjects(object) : 0
        const matrix = multiply(matrixOf(pdfium, object), to)
        for (let i = 0; i < inner && left-- > 0; i++) {
          visit(pdfium.FPDFFormObj_GetObject(object, i), matrix, depth + 1, layer)
        }
        break
      }
    }
  }
  const count = pdfium.FPDFPage_CountObjects(page)
  for (let i = 0; i < count && left-- > 0; i++) {
    visit(pdfium.FPDFPage_GetObject(page, i), [1, 0, 0, 1, 0, 0], 0, undefined)
  }
  return { pictures, paths, layers, top }
}

/** Until the page is closed. */
export const hideText = (pdfium: Pdfium, page: number): void => {
  const count = Math.min(pdfium.FPDFPage_CountObjects(page), mostObjects)
  for (let i = 0; i < count; i++) {
    const object = pdfium.FPDFPage_GetObject(page, i)
    if (pdfium.FPDFPageObj_GetType(object) === kinds.text) pdfium.FPDFPageObj_SetIsActive(object, 0)
  }
}

/** Marked content of the kind `OC` is on a layer, or on a combination of layers, which has no name. */
const layerOf = (pdfium: Pdfium, object: number): string | undefined => {
  const marks = pdfium.FPDFPageObj_CountMarks(object)
  const { scratch } = pdfium
  for (let i = 0; i < marks; i++) {
    const mark = pdfium.FPDFPageObj_GetMark(object, i)
    const name = readOut(pdfium, (buffer, size, out) => pdfium.FPDFPageObjMark_GetName(mark, buffer, size, out))
    if (name !== "OC") continue
    const layer = readOut(
      pdfium,
      (buffer, size, out) => pdfium.FPDFPageObjMark_GetParamStringValue(mark, "Name", buffer, size, out)
    )
    return layer === "" ? `layer ${mark}` : layer
  }
  return undefined

  function readOut(from: Pdfium, call: (buffer: number, size: number, out: number) => number | boolean): string {
    return readString(from, (buffer, size) => {
      // The length is answered behind the text.
      const out = scratch + outOffset
      if (Number(call(buffer, buffer === scratch ? outOffset : size, out)) === 0) return 0
      return new DataView(from.memory.HEAPU8.buffer).getUint32(out, true)
    })
  }
}

const outOffset = 2048

const boundsOf = (pdfium: Pdfium, object: number, to: Matrix): Box => {
  const { scratch } = pdfium
  pdfium.FPDFPageObj_GetBounds(object, scratch, scratch + 4, scratch + 8, scratch + 12)
  const [left = 0, bottom = 0, right = 0, top = 0] = floats(pdfium, 4)
  const corners = [[left, bottom], [right, bottom], [left, top], [right, top]].map(([x = 0, y = 0]) =>
    [to[0] * x + to[2] * y + to[4], to[1] * x + to[3] * y + to[5]] as const
  )
  const xs = corners.map(([x]) => x)
  const ys = corners.map(([, y]) => y)
  return { left: Math.min(...xs), right: Math.max(...xs), bottom: Math.min(...ys), top: Math.max(...ys) }
}

const matrixOf = (pdfium: Pdfium, object: number): Matrix => {
  if (pdfium.FPDFPageObj_GetMatrix(object, pdfium.scratch) === 0) return [1, 0, 0, 1, 0, 0]
  const [a = 1, b = 0, c = 0, d = 1, e = 0, f = 0] = floats(pdfium, 6)
  return [a, b, c, d, e, f]
}

const multiply = (m: Matrix, n: Matrix): Matrix => [
  m[0] * n[0] + m[1] * n[2],
  m[0] * n[1] + m[1] * n[3],
  m[2] * n[0] + m[3] * n[2],
  m[2] * n[1] + m[3] * n[3],
  m[4] * n[0] + m[5] * n[2] + n[4],
  m[4] * n[1] + m[5] * n[3] + n[5]
]
