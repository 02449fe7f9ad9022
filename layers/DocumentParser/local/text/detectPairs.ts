/** Encodings of East Asia, where most characters are pairs of bytes, told apart by how many of the pairs are common characters. */

interface PairEncoding {
  readonly name: string
  /**
   * How many bytes a character takes that begins with these two, and how usual it is; undefined if there is no such
   * character.
   */
  readonly read: (first: number, second: number) => Pair | undefined
}

interface Pair {
  readonly length: 1 | 2
  readonly kind: "common" | "kana" | "sign" | "rare"
}

const within = (value: number, from: number, to: number): boolean => value >= from && value <= to

const pair = (kind: Pair["kind"]): Pair => ({ length: 2, kind })

/** Encodings built on 94 rows of 94 characters, which begin at A1A1. */
const rows =
  (common: readonly [number, number], hasKana: boolean) => (first: number, second: number): Pair | undefined => {
    if (!within(first, 0xa1, 0xfe) || !within(second, 0xa1, 0xfe)) return undefined
    if (hasKana && ((first === 0xa4 && second <= 0xf3) || (first === 0xa5 && second <= 0xf6))) return pair("kana")
    return pair(within(first, ...common) ? "common" : within(first, 0xa1, 0xa3) ? "sign" : "rare")
  }

const encodings: ReadonlyArray<PairEncoding> = [
  {
    name: "shift_jis",
    read: (first, second) => {
      if (within(first, 0xa1, 0xdf)) return { length: 1, kind: "rare" }
      if (!(within(first, 0x81, 0x9f) || within(first, 0xe0, 0xfc)) || !within(second, 0x40, 0xfc) || second === 0x7f) {
        return undefined
      }
      if ((first === 0x82 && second >= 0x9f) || (first === 0x83 && second <= 0x96)) return pair("kana")
      return pair(within(first, 0x88, 0x97) ? "common" : within(first, 0x81, 0x82) ? "sign" : "rare")
    }
  },
  {
    name: "euc-jp",
    read: (first, second) => first === 0xcf && second > 0xd3 ? undefined : rows([0xb0, 0xcf], true)(first, second)
  },
  {
    name: "gb18030",
    read: (first, second) => {
      const usual = rows([0xb0, 0xd7], false)(first, second)
      if (usual !== undefined) return usual
      return within(first, 0x81, 0xfe) && within(second, 0x40, 0xfe) && second !== 0x7f ? pair("rare") : undefined
    }
  },
  {
    name: "big5",
    read: (first, second) =>
      within(first, 0xa1, 0xf9) && (within(second, 0x40, 0x7e) || within(second, 0xa1, 0xfe))
        ? pair(within(first, 0xa4, 0xc6) ? "common" : within(first, 0xa1, 0xa3) ? "sign" : "rare")
        : undefined
  },
  {
    name: "euc-kr",
    read: (first, second) => {
      const usual = rows([0xb0, 0xc8], false)(first, second)
      if (usual !== undefined) return usual
      return within(first, 0x81, 0xc6) && (within(second, 0x41, 0x5a) || within(second, 0x61, 0x7a) || second >= 0x81)
        ? pair("rare")
        : undefined
    }
  }
]

/** At least this share of the pairs must be common characters. */
const commonShare = 0.85

/** The encoding in whose common characters all of the sample can be read. */
export const detectPairs = (sample: Uint8Array): string | undefined => {
  const readings = encodings.flatMap((encoding) => {
    const reading = readAs(encoding, sample)
    const isWhole = reading !== undefined &&
      !new TextDecoder(encoding.name).decode(sample, { stream: true }).includes("\ufffd")
    return !isWhole ? [] : [{ ...reading, name: encoding.name }]
  })
  const best = readings.reduce<typeof readings[number] | undefined>(
    (found, next) => found === undefined || next.score > found.score ? next : found,
    undefined
  )
  return best?.name
}

const readAs = ({ name, read }: PairEncoding, sample: Uint8Array) => {
  const counts = { common: 0, kana: 0, sign: 0, rare: 0 }
  let runs = 0
  /** The byte before, if it is not part of a pair. */
  let before = 0
  for (let at = 0; at < sample.length;) {
    const first = sample[at] ?? 0
    if (first < 0x80) {
      before = first
      at++
      continue
    }
    const second = sample[at + 1]
    if (second === undefined) break
    const found = read(first, second)
    if (found === undefined) return undefined
    if (before !== inPair) runs++
    const isInWord = isSmall(before) || isSmall(sample[at + found.length] ?? 0)
    before = inPair
    counts[isInWord ? "rare" : found.kind]++
    at += found.length
  }
  const words = counts.common + counts.kana + counts.rare
  if (counts.common + counts.kana < 2 || counts.common + counts.kana < words * commonShare) return undefined
  // Korean sets its words apart, and all of them read as common Chinese characters.
  const isSplit = name === "euc-kr" && runs * 5 >= words && runs > 1
  return { score: (counts.common + counts.kana) / words + (counts.kana * 5 >= words ? 0.1 : 0) + (isSplit ? 0.05 : 0) }
}

const inPair = 0xff

/** Beside a small Latin letter it is rather a letter with an accent. */
const isSmall = (code: number): boolean => within(code, 0x61, 0x7a)
