/** Numbers as lists show them: `b`, `iv`, `02`. */

/** `format`: a name of Word's number formats; decimal if unknown. */
export const formatNumber = (number: number, format: string): string => {
  if (!Number.isSafeInteger(number) || number < 1) return format === "none" ? "" : String(number)
  switch (format) {
    case "none":
      return ""
    case "lowerLetter":
      return letters(number)
    case "upperLetter":
      return letters(number).toUpperCase()
    case "lowerRoman":
      return roman(number)
    case "upperRoman":
      return roman(number).toUpperCase()
    case "decimalZero":
      return String(number).padStart(2, "0")
    case "ordinal":
      return `${number}.`
    default:
      return String(number)
  }
}

/** As HTML counts: a … z, aa, ab. Word writes aa, bb; no list is that long. */
const letters = (number: number): string => {
  let text = ""
  for (let left = number; left > 0; left = Math.floor((left - 1) / 26)) {
    text = String.fromCharCode(97 + (left - 1) % 26) + text
  }
  return text
}

const romans: ReadonlyArray<readonly [number, string]> = [
  [1000, "m"],
  [900, "cm"],
  [500, "d"],
  [400, "cd"],
  [100, "c"],
  [90, "xc"],
  [50, "l"],
  [40, "xl"],
  [10, "x"],
  [9, "ix"],
  [5, "v"],
  [4, "iv"],
  [1, "i"]
]

const roman = (number: number): string => {
  if (number >= 4000) return String(number)
  let text = ""
  let left = number
  for (const [value, sign] of romans) {
    for (; left >= value; left -= value) text += sign
  }
  return text
}
