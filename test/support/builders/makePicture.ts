/** The scanned sentence as PNG and TIFF files, turned by quarters. */
import { crc32, deflateSync, inflateSync } from "node:zlib"
import { scannedText } from "./scannedText.ts"

interface Gray {
  readonly width: number
  readonly height: number
  readonly pixels: Uint8Array
}

const margin = 60

/** With a white margin around it. */
const upright = (): Gray => {
  const { height, packed, width } = scannedText
  const bits = inflateSync(packed)
  const [wide, high] = [width + 2 * margin, height + 2 * margin]
  const pixels = new Uint8Array(wide * high).fill(255)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const bit = ((bits[y * Math.ceil(width / 8) + (x >> 3)] ?? 0) >> (7 - x % 8)) & 1
      pixels[(y + margin) * wide + x + margin] = bit === 1 ? 255 : 0
    }
  }
  return { width: wide, height: high, pixels }
}

/** By 90 degrees clockwise. */
const turn = ({ height, pixels, width }: Gray): Gray => {
  const out = new Uint8Array(pixels.length)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) out[x * height + height - 1 - y] = pixels[y * width + x] ?? 255
  }
  return { width: height, height: width, pixels: out }
}

export const scannedPicture = (quarters = 0): Gray =>
  Array.from({ length: quarters }).reduce<Gray>((picture) => turn(picture), upright())

const chunk = (type: string, data: Uint8Array): Buffer => {
  const body = Buffer.concat([Buffer.from(type), data])
  const out = Buffer.alloc(8 + body.length)
  out.writeUInt32BE(data.length, 0)
  body.copy(out, 4)
  out.writeUInt32BE(crc32(body), 4 + body.length)
  return out
}

/** `claimed`: the width and height that its head states, if it lies. */
export const makePng = ({ height, pixels, width }: Gray, claimed = { width, height }): Uint8Array<ArrayBuffer> => {
  const head = Buffer.from([0, 0, 0, 0, 0, 0, 0, 0, 8, 0, 0, 0, 0])
  head.writeUInt32BE(claimed.width, 0)
  head.writeUInt32BE(claimed.height, 4)
  const rows = Array.from({ length: height }, (_, y) => [Buffer.of(0), pixels.subarray(y * width, (y + 1) * width)])
    .flat()
  return new Uint8Array(Buffer.concat([
    Buffer.from("\u0089PNG\r\n\u001a\n", "latin1"),
    chunk("IHDR", head),
    chunk("IDAT", deflateSync(Buffer.concat(rows))),
    chunk("IEND", new Uint8Array())
  ]))
}

/** Uncompressed, with the orientation of EXIF, and further pages that are empty. */
export const makeTiff = ({ height, pixels, width }: Gray, orientation = 1, morePages = 0): Uint8Array<ArrayBuffer> => {
  const tags = [
    [256, width],
    [257, height],
    [258, 8],
    [259, 1],
    [262, 1],
    [273, 8],
    [274, orientation],
    [277, 1],
    [278, height],
    [279, pixels.length]
  ] as const
  const size = 2 + tags.length * 12 + 4
  const start = 8 + pixels.length + pixels.length % 2
  const out = Buffer.alloc(start + size * (1 + morePages))
  out.write("II*\0", 0, "latin1")
  out.writeUInt32LE(start, 4)
  out.set(pixels, 8)
  for (let page = 0; page <= morePages; page++) {
    const at = start + page * size
    out.writeUInt16LE(tags.length, at)
    for (const [index, [tag, value]] of tags.entries()) {
      const place = at + 2 + index * 12
      out.writeUInt16LE(tag, place)
      out.writeUInt16LE(4, place + 2)
      out.writeUInt32LE(1, place + 4)
      out.writeUInt32LE(value, place + 8)
    }
    out.writeUInt32LE(page < morePages ? at + size : 0, at + size - 4)
  }
  return new Uint8Array(out)
}
