/** Classifies a line of Markdown by its first characters. */
import { cutAt } from "../domain/graphemes.ts"
import { openingMarker } from "./fences.ts"

export type LineKind = "heading" | "fence" | "row" | "item" | "text"

/** The kind of the line [at, end) whose first visible character is at `first`; outside a fence. */
export const lineKind = (text: string, at: number, first: number, end: number): LineKind => {
  const code = text.charCodeAt(first)
  switch (code) {
    case 0x23:
      return first - at < 4 && headingLevel(text, first, end) > 0 ? "heading" : "text"
    case 0x60:
    case 0x7e:
      return openingMarker(text, first, end) === "" ? "text" : "fence"
    case 0x7c:
      return "row"
    case 0x2a:
    case 0x2b:
    case 0x2d:
      return isGap(text, first + 1, end) ? "item" : "text"
    default:
      return isDigit(code) && isNumbered(text, first, end) ? "item" : "text"
  }
}

/** 1 to 6 for `#` to `######` before a space or the line's end; else 0. */
export const headingLevel = (text: string, first: number, end: number): number => {
  let at = first
  while (at < end && text.charCodeAt(at) === 0x23) at++
  return at - first <= 6 && isGap(text, at, end) ? at - first : 0
}

/** A heading's words, at most 200 characters of them. */
export const headingTitle = (text: string, from: number, end: number): string => {
  const line = text.slice(from, Math.min(end, cutAt(text, from + 400, from))).trim()
  const title = line.replace(/[ \t]#+$/, "").trimEnd()
  return title.length <= 200 ? title : title.slice(0, cutAt(title, 200, 0)).trimEnd()
}

/** What the line at `at` makes of the paragraph line above it: a heading of level 1 or 2, a table's header, or nothing. */
export const underline = (text: string, at: number): "heading1" | "heading2" | "table" | undefined => {
  let equals = 0
  let dashes = 0
  let bars = 0
  for (let i = at; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code === 0x0a) break
    if (code === 0x3d) equals++
    else if (code === 0x2d) dashes++
    else if (code === 0x7c) bars++
    else if (code !== 0x20 && code !== 0x09 && code !== 0x3a) return undefined
  }
  if (bars > 0) return dashes > 0 && equals === 0 ? "table" : undefined
  if (equals > 0) return dashes === 0 ? "heading1" : undefined
  return dashes > 1 ? "heading2" : undefined
}

const isDigit = (code: number): boolean => code >= 0x30 && code <= 0x39

const isNumbered = (text: string, first: number, end: number): boolean => {
  let at = first
  while (at < end && at - first < 9 && isDigit(text.charCodeAt(at))) at++
  const code = text.charCodeAt(at)
  return (code === 0x2e || code === 0x29) && isGap(text, at + 1, end)
}

const isGap = (text: string, at: number, end: number): boolean =>
  at >= end || text.charCodeAt(at) === 0x20 || text.charCodeAt(at) === 0x09
