/** Size, orientation and number of pages of a picture, from its first bytes: before anything is unpacked. */

export interface ImageHead {
  readonly width: number
  readonly height: number
  /** Of EXIF: 1 is upright, 6, 3 and 8 are turned by 90, 180 and 270 degrees, the even ones are mirrored. */
  readonly orientation: number
  readonly pages: number
}

/** Undefined if the head is damaged. */
export const readImageHead = (bytes: Buffer): ImageHead | undefined => {
  try {
    const magic = bytes.toString("latin1", 0, 4)
    if (magic === "\u0089PNG") {
      return { width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20), orientation: 1, pages: 1 }
    }
    if (magic === "II*\0" || magic === "MM\0*") return readTiff(bytes)
    return readJpeg(bytes)
  } catch (cause) {
    if (cause instanceof RangeError) return undefined
    throw cause
  }
}

const readJpeg = (bytes: Buffer): ImageHead | undefined => {
  let orientation = 1
  for (let at = 2; bytes.readUInt8(at) === 0xff;) {
    const marker = bytes.readUInt8(at + 1)
    if (marker === 0xff) {
      at++
      continue
    }
    const length = bytes.readUInt16BE(at + 2)
    const isFrame = marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc
    if (isFrame) {
      return { width: bytes.readUInt16BE(at + 7), height: bytes.readUInt16BE(at + 5), orientation, pages: 1 }
    }
    if (marker === 0xe1 && bytes.toString("latin1", at + 4, at + 8) === "Exif") {
      orientation = orientationOf(bytes.subarray(at + 10, at + 2 + length))
    }
    at += 2 + length
  }
  return undefined
}

/** A camera's notes may be damaged; the picture is still a picture. */
const orientationOf = (notes: Buffer): number => {
  try {
    return readTiff(notes).orientation
  } catch (cause) {
    if (cause instanceof RangeError) return 1
    throw cause
  }
}

const tags = { width: 256, height: 257, orientation: 274 }
const mostPages = 1_000

const readTiff = (bytes: Buffer): ImageHead => {
  const isLittle = bytes.readUInt8(0) === 0x49
  const short = (at: number) => isLittle ? bytes.readUInt16LE(at) : bytes.readUInt16BE(at)
  const long = (at: number) => isLittle ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at)
  const values = new Map<number, number>()
  let pages = 0
  for (let at = long(4); at !== 0 && pages < mostPages; pages++) {
    const count = short(at)
    const described = pages === 0 ? count : 0
    for (let entry = 0; entry < described; entry++) {
      const place = at + 2 + entry * 12
      values.set(short(place), short(place + 2) === 3 ? short(place + 8) : long(place + 8))
    }
    at = long(at + 2 + count * 12)
  }
  return {
    width: values.get(tags.width) ?? 0,
    height: values.get(tags.height) ?? 0,
    orientation: values.get(tags.orientation) ?? 1,
    pages
  }
}
