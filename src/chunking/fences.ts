/** Fenced code blocks: which line opens one, which closes it, and where they stand. */

/** The run of three or more backticks or tildes at `at` if it opens a fence; otherwise "". */
export const openingMarker = (text: string, at: number, lineEnd: number): string => {
  const sign = text.charCodeAt(at)
  if (sign !== backtick && sign !== tilde) return ""
  const end = runEnd(text, at, lineEnd)
  if (end - at < 3) return ""
  // A backtick after the run makes it inline code.
  return sign === backtick && text.slice(end, lineEnd).includes("`") ? "" : text.slice(at, end)
}

export const closesFence = (marker: string, text: string, at: number, lineEnd: number): boolean => {
  if (text.charCodeAt(at) !== marker.charCodeAt(0)) return false
  const end = runEnd(text, at, lineEnd)
  return end - at >= marker.length && text.slice(end, lineEnd).trim() === ""
}

export interface Fence {
  /** The opening line's first character. */
  readonly start: number
  /** After the closing line; the end of the text if the fence is never closed. */
  readonly end: number
}

/** Every fence of the text in order, on demand. */
export function* fences(text: string): Generator<Fence, undefined> {
  const candidate = /^[ \t]*(?:```|~~~)/gm
  let open: { readonly start: number; readonly marker: string } | undefined
  for (let match = candidate.exec(text); match !== null; match = candidate.exec(text)) {
    const at = candidate.lastIndex - 3
    const newline = text.indexOf("\n", at)
    const lineEnd = newline === -1 ? text.length : newline
    if (open === undefined) {
      const marker = openingMarker(text, at, lineEnd)
      if (marker !== "") open = { start: match.index, marker }
    } else if (closesFence(open.marker, text, at, lineEnd)) {
      yield { start: open.start, end: Math.min(lineEnd + 1, text.length) }
      open = undefined
    }
    candidate.lastIndex = lineEnd
  }
  if (open !== undefined) yield { start: open.start, end: text.length }
  return undefined
}

const backtick = 0x60
const tilde = 0x7e

const runEnd = (text: string, at: number, lineEnd: number): number => {
  const sign = text.charCodeAt(at)
  let end = at
  while (end < lineEnd && text.charCodeAt(end) === sign) end++
  return end
}
