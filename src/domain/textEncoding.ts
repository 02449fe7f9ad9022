/** Detects the Unicode encoding of a text by its byte order mark or by the zero bytes of UTF-16. */

/** Enough of a text to tell. */
const sampleBytes = 65_536

export const byteOrderMark = (bytes: Uint8Array): "utf-8" | "utf-16le" | "utf-16be" | undefined => {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return "utf-8"
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return "utf-16le"
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return "utf-16be"
  return undefined
}

/**
 * UTF-16 without a byte order mark contains zero bytes, unlike other text encodings; the byte order that yields more ASCII
 * is right.
 */
export const utf16WithoutMark = (bytes: Uint8Array): "utf-16le" | "utf-16be" | undefined => {
  const sample = bytes.subarray(0, sampleBytes)
  if (sample.length < 2 || bytes.length % 2 !== 0 || !sample.includes(0)) return undefined
  const view = new DataView(sample.buffer, sample.byteOffset, sample.byteLength)
  const little = asciiUnits(view, true)
  const big = asciiUnits(view, false)
  if (little <= 0 && big <= 0) return undefined
  return little >= big ? "utf-16le" : "utf-16be"
}

/** How many units are ASCII; -1 if any cannot be text. */
const asciiUnits = (view: DataView, littleEndian: boolean): number => {
  let count = 0
  for (let at = 0; at + 1 < view.byteLength; at += 2) {
    const unit = view.getUint16(at, littleEndian)
    if (isControl(unit) || unit >= 0xfffe) return -1
    if (unit < 0x80) count++
    if (unit >= 0xd800 && unit < 0xe000) {
      const isPair = unit < 0xdc00 && at + 3 < view.byteLength &&
        (view.getUint16(at + 2, littleEndian) & 0xfc00) === 0xdc00
      if (!isPair && at + 3 < view.byteLength) return -1
      at += 2
    }
  }
  return count
}

/** Backspace to carriage return, end of file, escape and the separators occur in text; other control characters do not. */
export const isControl = (unit: number) => unit < 0x08 || (unit > 0x0d && unit < 0x1a)
