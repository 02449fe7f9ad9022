/** Formulas as one line of text: `P = (C × r)/12`, `x^2`, `√(a + b)`. Their pieces never run together into another number. */

const isPlain = (text: string): boolean => /^[\p{L}\p{M}\p{N}.,%°′]*$/u.test(text)

const inBrackets = (text: string): string => isPlain(text) || isBracketed(text) ? text : `(${text})`

/** One pair of brackets around all of it. */
const isBracketed = (text: string): boolean => {
  if (!text.startsWith("(") || !text.endsWith(")")) return false
  let depth = 0
  for (let at = 0; at < text.length - 1; at++) {
    if (text[at] === "(") depth++
    else if (text[at] === ")" && --depth === 0) return false
  }
  return true
}

export const fraction = (numerator: string, denominator: string): string =>
  `${inBrackets(numerator.trim())}/${inBrackets(denominator.trim())}`

export const raised = (text: string): string => text.trim() === "" ? "" : `^${inBrackets(text.trim())}`

export const lowered = (text: string): string => text.trim() === "" ? "" : `_${inBrackets(text.trim())}`

export const root = (degree: string, radicand: string): string =>
  `${degree.trim() === "" ? "" : `${degree.trim()}`}√${inBrackets(radicand.trim())}`

const operators = / ?([=≠≈≡≤≥<>±∓×÷·∈∉⊂⊆∪∩→⇒⇔∧∨≔]) ?/g
/** Between two terms; elsewhere they are signs of numbers. */
const signs = /(?<=[\p{L}\p{N})\]]) ?([+\-−]) ?/gu
/** Function application, invisible times, separators and plus. */
const unseen = /[\u2061-\u2064]/g

/** Spaces around the operators. */
export const formula = (text: string): string =>
  text.replaceAll(unseen, "").replaceAll(/[ \u00a0]+/g, " ").replaceAll(operators, " $1 ").replaceAll(signs, " $1 ")
    .replaceAll(/ {2,}/g, " ").trim()
