/** Letters of the symbol fonts, which documents store by their place in the font. */

const greek = "αβχδεφγηιϕκλμνοπθρστυϖωξψζ"
const capitals = "ΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖ"

const table = (from: number, signs: string): ReadonlyArray<readonly [number, string]> =>
  [...signs].map((sign, index) => [from + index, sign])

const symbol = new Map<number, string>([
  ...table(0x41, capitals),
  ...table(0x61, greek),
  ...table(0xa3, "≤⁄∞"),
  ...table(0xab, "↔←↑→↓°±″≥×∝∂•÷≠≡≈…"),
  ...table(0xc5, "⊕∅∩∪⊃⊇⊄⊂⊆∈∉∠∇®©™∏√⋅¬∧∨⇔⇐⇑⇒⇓"),
  [0xe5, "∑"],
  [0xf2, "∫"],
  [0xd7, "⋅"]
])

const wingdings = new Map<number, string>([
  [0x6f, "[ ]"],
  [0x70, "[ ]"],
  [0x71, "[ ]"],
  [0x72, "[ ]"],
  [0x78, "[x]"],
  [0xa8, "[ ]"],
  [0xfb, "✗"],
  [0xfc, "✓"],
  [0xfd, "[x]"],
  [0xfe, "[x]"],
  [0xe0, "→"],
  [0xe8, "→"],
  [0x4a, "☺"],
  [0x28, "☎"],
  [0x2a, "✉"]
])

const wingdings2 = new Map<number, string>([
  [0x50, "✓"],
  [0x52, "[x]"],
  [0x53, "[x]"],
  [0x54, "[x]"],
  [0xa3, "[ ]"],
  [0x2a, "[ ]"],
  [0x4f, "✗"]
])

const fonts: ReadonlyMap<string, ReadonlyMap<number, string>> = new Map([
  ["symbol", symbol],
  ["wingdings", wingdings],
  ["wingdings 2", wingdings2]
])

/** Empty for an ornament. `code` may be in the private area, where Office puts these fonts. */
export const fromSymbolFont = (font: string, code: number): string => {
  const place = code >= 0xf000 && code <= 0xf0ff ? code - 0xf000 : code
  const signs = fonts.get(font.toLowerCase())
  if (signs !== undefined) {
    return signs.get(place) ?? (signs === symbol && place < 0x7f ? String.fromCodePoint(place) : "")
  }
  return code === place ? String.fromCodePoint(code) : ""
}

const isPrivate = /[\uf020-\uf0ff]/g

/** Text that was typed in such a font. */
export const withoutPrivate = (text: string, font: string): string =>
  text.replaceAll(isPrivate, (sign) => fromSymbolFont(font, sign.charCodeAt(0)))
