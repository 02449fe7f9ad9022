/** Where text may be cut without tearing a character as a reader sees it (a grapheme cluster, Unicode UAX #29). */

/**
 * The last place at or before `at` where a cut is allowed, after `floor`, itself such a place. A cluster that reaches from
 * `floor` to `at` is cut between code points: nothing else is left.
 */
export const cutAt = (text: string, at: number, floor: number): number => {
  if (at >= text.length || isFree(text, at)) return at
  // What comes before a free place cannot change the clusters after it, so the segmenter need not see it.
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

/** A character that joins with nothing beside it but marks; not every such character is known to be one. */
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

/** White space as `trim` understands it. */
export const isBlank = (code: number): boolean =>
  code < 0xa0
    ? code === 0x20 || (code >= 0x09 && code <= 0x0d)
    : code === 0xa0 || code === 0x1680 || (code >= 0x2000 && code <= 0x200a) || code === 0x2028 || code === 0x2029 ||
      code === 0x202f || code === 0x205f || code === 0x3000 || code === 0xfeff
