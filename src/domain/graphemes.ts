/** Finds where text may be cut without splitting a user-perceived character (a grapheme cluster, Unicode UAX #29). */

/**
 * The last allowed cut at or before `at` and after `floor`, which is itself an allowed cut. A cluster that spans from
 * `floor` to `at` is cut between code points, because no other cut exists.
 */
export const cutAt = (text: string, at: number, floor: number): number => {
  if (at >= text.length || isFree(text, at)) return at
  // Text before a safe boundary cannot change the clusters after it, so the segmenter need not see it.
  let from = at - 1
  while (from > floor && !isFree(text, from)) from--
  const start = clusterStart(text, Math.max(from, floor), at)
  if (start > floor) return start
  const low = text.charCodeAt(at)
  return low >= 0xdc00 && low < 0xe000 && at - 1 > floor ? at - 1 : at
}

const segmenter = new Intl.Segmenter("en", { granularity: "grapheme" })

const clusterStart = (text: string, from: number, at: number): number =>
  from + (segmenter.segment(text.slice(from, at + 2)).containing(at - from)?.index ?? at - from)

const isFree = (text: string, at: number): boolean =>
  standsAlone(text.charCodeAt(at - 1)) && standsAlone(text.charCodeAt(at))

/** A character that joins only with combining marks; the list need not be complete. */
export const standsAlone = (code: number): boolean =>
  code < 0x300
    ? code !== 0x0d
    : (code >= 0x4e00 && code <= 0x9fff) || // Han
      (code >= 0xac00 && code <= 0xd7a3) || // Hangul syllables
      (code >= 0x3041 && code <= 0x3096) || (code >= 0x30a1 && code <= 0x30fa) || // Kana
      (code >= 0x3001 && code <= 0x3029) || (code >= 0xff01 && code <= 0xff5e) || // CJK signs
      (code >= 0x0400 && code <= 0x0482) || (code >= 0x048a && code <= 0x0556) || // Cyrillic, Armenian
      (code >= 0x0370 && code <= 0x03ff) || (code >= 0x05d0 && code <= 0x05ea) || // Greek, Hebrew
      (code >= 0x0621 && code <= 0x064a) // Arabic letters

/** White space as defined by `trim`. */
export const isBlank = (code: number): boolean =>
  code < 0xa0
    ? code === 0x20 || (code >= 0x09 && code <= 0x0d)
    : code === 0xa0 || code === 0x1680 || (code >= 0x2000 && code <= 0x200a) || code === 0x2028 || code === 0x2029 ||
      code === 0x202f || code === 0x205f || code === 0x3000 || code === 0xfeff
