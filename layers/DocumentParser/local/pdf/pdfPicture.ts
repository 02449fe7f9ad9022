/**
 * A page's pictures combined into one, as a scanner would see the page. Only pictures are drawn: no text, line or colour.
 */
import { ImageKind, OPS, type PageViewport, type PDFPageProxy, Util } from "pdfjs-dist/legacy/build/pdf.mjs"

/** From white, 255, to black, 0; row by row from the top. */
export interface Picture {
  readonly width: number
  readonly height: number
  readonly pixels: Uint8Array
}

type Matrix = ReadonlyArray<number>

/** Undefined if the page has no picture that text could be in. */
export const drawPicture = async (page: PDFPageProxy, viewport: PageViewport): Promise<Picture | undefined> => {
  const { height, transform, width } = viewport
  const paper = { width: Math.ceil(width), height: Math.ceil(height) }
  const placed: ReadonlyArray<Placed> = await findPictures(page, transform)
  const area = placed.reduce((sum, { to: [a = 0, b = 0, c = 0, d = 0] }) => sum + Math.abs(a * d - b * c), 0)
  if (area < leastShare * width * height) return undefined
  const pixels = new Uint8Array(paper.width * paper.height).fill(255)
  for (const { image, to } of placed) {
    const source = toGrey(image)
    if (source !== undefined) draw(source, to, { ...paper, pixels })
  }
  return { ...paper, pixels }
}

/** Of the page: less is a logo or a rule. */
const leastShare = 0.02

interface Placed {
  readonly image: unknown
  /** From the unit square that PDF draws a picture in. */
  readonly to: Matrix
}

const findPictures = async (page: PDFPageProxy, start: Matrix): Promise<ReadonlyArray<Placed>> => {
  const { argsArray, fnArray } = await page.getOperatorList()
  const found: Array<Placed> = []
  const saved: Array<Matrix> = []
  let to = start
  // What is drawn inside is not a picture but a transparency mask.
  let masks = 0
  for (const [i, operation] of fnArray.entries()) {
    const args: ReadonlyArray<unknown> = Array.isArray(argsArray[i]) ? argsArray[i] : []
    switch (operation) {
      case OPS.save:
        saved.push(to)
        break
      case OPS.restore:
      case OPS.paintFormXObjectEnd:
        to = saved.pop() ?? start
        break
      case OPS.transform:
        to = Util.transform([...to], numbers(args))
        break
      case OPS.paintFormXObjectBegin:
        saved.push(to)
        if (numbers(args[0]).length === 6) to = Util.transform([...to], numbers(args[0]))
        break
      case OPS.beginGroup:
      case OPS.endGroup:
        if (field(args[0], "smask") !== undefined) masks += operation === OPS.beginGroup ? 1 : -1
        break
      case OPS.paintImageXObject:
      case OPS.paintImageMaskXObject:
      case OPS.paintInlineImageXObject:
        if (masks === 0) found.push({ image: await decoded(page, args[0]), to })
        break
    }
  }
  return found
}

/** A small picture is inline in its operation, others are referenced by name; null if it cannot be decoded. */
const decoded = async (page: PDFPageProxy, argument: unknown): Promise<unknown> => {
  const name = typeof argument === "string" ? argument : field(argument, "data")
  if (typeof name !== "string") return argument
  const objects = name.startsWith("g_") ? page.commonObjs : page.objs
  return await new Promise((resolve) => objects.get(name, resolve))
}

const toGrey = (image: unknown): Picture | undefined => {
  const [width, height, data] = [field(image, "width"), field(image, "height"), field(image, "data")]
  if (typeof width !== "number" || typeof height !== "number" || !(width > 0 && height > 0)) return undefined
  if (!(data instanceof Uint8Array || data instanceof Uint8ClampedArray)) return undefined
  const pixels = new Uint8Array(width * height)
  const kind = field(image, "kind")
  if (kind === ImageKind.RGB_24BPP || kind === ImageKind.RGBA_32BPP) {
    const step = kind === ImageKind.RGBA_32BPP ? 4 : 3
    for (let to = 0, at = 0; to < pixels.length; to++, at += step) {
      const grey = (299 * (data[at] ?? 0) + 587 * (data[at + 1] ?? 0) + 114 * (data[at + 2] ?? 0)) / 1000
      pixels[to] = step === 3 ? grey : 255 - ((255 - grey) * (data[at + 3] ?? 0)) / 255
    }
  } else {
    // One bit per pixel. In a mask, which states no kind, a clear bit is ink.
    const stride = (width + 7) >> 3
    for (let y = 0, to = 0; y < height; y++) {
      for (let x = 0; x < width; x++, to++) {
        pixels[to] = ((data[y * stride + (x >> 3)] ?? 0) & (128 >> (x & 7))) === 0 ? 0 : 255
      }
    }
  }
  return { width, height, pixels }
}

/** The darker pixel wins, so that neither a scan's background nor its layer of ink hides the other. */
const draw = (source: Picture, to: Matrix, target: Picture) => {
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0] = to
  const area = a * d - b * c
  if (Math.abs(area) < 1) return
  const xs = [e, e + a, e + c, e + a + c]
  const ys = [f, f + b, f + d, f + b + d]
  const [left, right] = [Math.max(0, Math.floor(Math.min(...xs))), Math.min(target.width, Math.ceil(Math.max(...xs)))]
  const [top, bottom] = [Math.max(0, Math.floor(Math.min(...ys))), Math.min(target.height, Math.ceil(Math.max(...ys)))]
  // How far one pixel to the right on the page moves right and down in the picture; likewise for one pixel down.
  const [rightX, rightY] = [(d / area) * source.width, (b / area) * source.height]
  const [downX, downY] = [(-c / area) * source.width, (-a / area) * source.height]
  const startX = ((c * f - d * e) / area) * source.width
  const startY = (1 - (b * e - a * f) / area) * source.height
  const samples = Math.min(4, Math.max(1, Math.round(Math.max(Math.hypot(rightX, rightY), Math.hypot(downX, downY)))))
  const look = samples > 1 ? nearest : smooth
  for (let y = top; y < bottom; y++) {
    for (let x = left; x < right; x++) {
      let sum = 0
      for (let i = 0; i < samples; i++) {
        for (let j = 0; j < samples; j++) {
          const px = x + (j + 0.5) / samples
          const py = y + (i + 0.5) / samples
          sum += look(source, startX + px * rightX + py * downX, startY + px * rightY + py * downY)
        }
      }
      const at = y * target.width + x
      const grey = sum / (samples * samples)
      if (grey < (target.pixels[at] ?? 0)) target.pixels[at] = grey
    }
  }
}

const nearest = ({ height, pixels, width }: Picture, x: number, y: number): number =>
  x < 0 || y < 0 || x >= width || y >= height ? 255 : pixels[(y | 0) * width + (x | 0)] ?? 255

/** Interpolated between the centres of four pixels, so that a coarse scan gets no jagged edges. */
const smooth = ({ height, pixels, width }: Picture, x: number, y: number): number => {
  if (x < 0 || y < 0 || x >= width || y >= height) return 255
  const left = Math.max(0, x - 0.5)
  const top = Math.max(0, y - 0.5)
  const dx = left % 1
  const above = (top | 0) * width
  const below = Math.min(height - 1, (top | 0) + 1) * width
  const column = left | 0
  const next = Math.min(width - 1, column + 1)
  const up = (pixels[above + column] ?? 255) * (1 - dx) + (pixels[above + next] ?? 255) * dx
  const down = (pixels[below + column] ?? 255) * (1 - dx) + (pixels[below + next] ?? 255) * dx
  return up + (down - up) * (top % 1)
}

const field = (value: unknown, name: string): unknown =>
  typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined

const numbers = (value: unknown): Array<number> =>
  Array.isArray(value) || value instanceof Float32Array ? Array.from(value, Number) : []
