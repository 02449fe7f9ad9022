/**
 * An estimate of how many cl100k tokens a text has: a sum over its characters, each priced by its class and by what stood
 * before it. Prices are hundredths of a token, fitted to exact counts so that a chunk's estimate is seldom too low.
 *
 * No character costs less than a fifteenth of a token per UTF-8 byte. So a limit in estimated tokens is one in bytes too:
 * 500 estimated tokens are at most 7,500 bytes, and no text has more tokens than bytes.
 */

export const perToken = 100

/** Estimated tokens of `text[from, to)`, in hundredths. */
export const estimateTokens = (text: string, from = 0, to = text.length): number => {
  let cost = 0
  let state = 0
  for (let at = from; at < to; at++) {
    const step = stepFrom(state, text.charCodeAt(at))
    cost += priceOf(step)
    state = stateAfter(step)
  }
  return cost
}

/** The step that a character takes from a state: its cost and the next state. State 0 is the start of a line. */
export const stepFrom = (state: number, code: number): number => steps[state | (classes[code] ?? rare)] ?? 0
export const priceOf = (step: number): number => step >> stateBits
export const stateAfter = (step: number): number => step & ((1 << stateBits) - 1)

// A step is one number, price above state, so that a character costs two reads of memory; a state leaves room for the class.
const stateBits = 10
const classBits = 4

const [lower, upper, accented, digit, space, newline, sign] = [0, 1, 2, 3, 4, 5, 6]
const [cyrillic, arabic, single, hangul, han, double, rare, surrogate, scarce] = [7, 8, 9, 10, 11, 12, 13, 14, 15]

/** The price of a character whose neighbours do not matter, by class. */
const flat = new Map([
  [cyrillic, 50],
  [arabic, 84],
  [single, 115],
  [hangul, 135],
  [han, 150],
  [double, 200],
  [rare, 290],
  [surrogate, 150]
])

/** The first code of each range and its class, which holds up to the next. */
const ranges: ReadonlyArray<readonly [from: number, kind: number]> = [
  [0x0000, sign],
  [0x0009, space],
  [0x000a, newline],
  [0x000b, sign],
  [0x0020, space],
  [0x0021, sign],
  [0x0030, digit],
  [0x003a, sign],
  [0x0041, upper],
  [0x005b, sign],
  [0x0061, lower],
  [0x007b, sign],
  [0x0080, single],
  [0x00c0, accented],
  [0x0250, single], // phonetic letters, marks, Greek
  [0x0400, cyrillic],
  [0x0460, double], // rarer Cyrillic, Armenian
  [0x05d0, single], // Hebrew
  [0x0600, arabic],
  [0x0660, double],
  [0x0700, rare],
  [0x0900, single], // Devanagari
  [0x0980, double], // the other scripts of India
  [0x0d80, rare],
  [0x0e00, single], // Thai
  [0x0e80, rare],
  [0x10a0, double], // Georgian, Hangul letters
  [0x1200, rare],
  [0x1e00, accented], // Vietnamese
  [0x1f00, double],
  [0x2000, single], // typographic signs
  [0x2070, double], // symbols, arrows, boxes
  [0x2e00, rare],
  [0x3000, single], // CJK signs, Kana
  [0x3100, rare],
  [0x4e00, han],
  [0xa000, rare],
  [0xac00, hangul],
  [0xd7a4, rare],
  [0xd800, surrogate],
  [0xe000, rare],
  [0xff01, single], // full-width forms
  [0xffa0, rare]
]

const classes = new Uint8Array(0x10000)
for (const [index, [from, kind]] of ranges.entries()) classes.fill(kind, from, ranges[index + 1]?.[0] ?? 0x10000)
for (const letter of "jkqxz") classes[letter.charCodeAt(0)] = scarce

// States: how far into a word, a number or a run of signs or spaces we are.
const other = 1
const spaces = 2 // one space so far; the next state, two or more
const signs = 4 // and the next two
const digits = 7 // and the next two
const words = 10 // ten letters deep, then the same with a capital before
const depth = 12
const capitals = words + depth

/**
 * The letters of a word's first token are nearly free; a long word has more tokens, and so have words of languages other than
 * English, which their accents and the letters that are scarce in English give away.
 */
const letterPrices = [60, 10, 10, 10, 10, 12, 14, 16, 20, 24, 26, 28]

const letterPrice = (place: number): number => letterPrices[place] ?? 0

const priced = (state: number, kind: number): readonly [price: number, next: number] => {
  const place = state >= capitals ? state - capitals + 1 : state >= words ? state - words + 1 : 0
  const deeper = Math.min(place, depth - 1)
  const joined = state >= digits && state < words ? 25 : 0 // no space of its own to carry
  switch (kind) {
    case lower:
      return [letterPrice(deeper) + joined, words + deeper]
    case scarce:
      return [letterPrice(deeper) + joined + 60, words + deeper]
    case accented:
      return [letterPrice(deeper) + 130, words + deeper]
    case upper:
      return state >= capitals ? [18, capitals + deeper] : [place > 0 ? 75 : 70, capitals]
    case digit: {
      const next = state >= digits && state < words ? (state - digits + 1) % 3 : 0
      return [next === 0 ? 100 : 25, digits + next]
    }
    case space:
      return state === spaces
        ? [70, spaces + 1]
        : state === spaces + 1
        ? [7, spaces + 1]
        : [state === 0 ? 70 : 20, spaces]
    case newline:
      return state === 0 ? [20, 0] : [45, 0]
    case sign: {
      const next = state >= signs && state < digits ? Math.min(state - signs + 1, 2) : 0
      return [[90, 50, 14][next] ?? 90, signs + next]
    }
    default:
      return [flat.get(kind) ?? 0, other]
  }
}

const steps = new Uint32Array((capitals + depth) << classBits)
for (let index = 0; index < steps.length; index++) {
  const [price, next] = priced(index >> classBits, index & ((1 << classBits) - 1))
  steps[index] = (price << stateBits) | (next << classBits)
}
