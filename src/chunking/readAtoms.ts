/** Reads Markdown line by line into atoms, once from front to back. */
import { cutAt, standsAlone } from "../domain/graphemes.ts"
import { type Atom, Cut, type Region, type Section } from "./Atom.ts"
import { closesFence, openingMarker } from "./fences.ts"
import { headingLevel, headingTitle, type LineKind, lineKind, underline } from "./Line.ts"
import { estimateTokens, perToken, priceOf, stateAfter, stepFrom } from "./TokenEstimate.ts"

/** No atom costs more, and no header or opening line that does is repeated. */
export const atomLimit = 100 * perToken

const shortestSentence = 10 * perToken

export function* readAtoms(text: string): Generator<Atom, undefined> {
  const outline = makeOutline()
  let section: Section = { level: 0, headings: [] }
  let above: LineKind | undefined
  let fence: Region & { readonly marker: string } | undefined
  let table: Region & { readonly barred: boolean } | undefined
  let place = 0 // the line's place in the fence or table
  let isList = false
  let isUnderline = false
  let isAfterColon = false
  let isAfterBlank = true
  let gap = 0
  for (let at = 0; at < text.length;) {
    const newline = text.indexOf("\n", at)
    const end = newline === -1 ? text.length : newline
    let first = at
    while (first < end && isIndent(text.charCodeAt(first))) first++
    if (first === end) {
      gap += estimateTokens(text, at, Math.min(end + 1, text.length))
      isAfterBlank = true
      table = undefined
      at = end + 1
      continue
    }
    let kind: LineKind = "text"
    let cut: number = Cut.line
    let region: Region | undefined
    if (fence !== undefined) {
      const closes = closesFence(fence.marker, text, first, end)
      cut = closes || place === 0 ? Cut.bound : isAfterBlank ? Cut.nested : Cut.line
      region = fence
      kind = "fence"
      place++
      if (closes) fence = undefined
    } else if (isUnderline) {
      kind = "heading"
      cut = Cut.bound
      isUnderline = false
    } else {
      kind = lineKind(text, at, first, end)
      if (kind === "text" && table?.barred === false) kind = "row"
      if (kind !== "row") table = undefined
      if (kind === "row" && table !== undefined) {
        cut = place < 3 ? Cut.bound : Cut.line
        region = place < 2 ? undefined : table
        place++
      } else {
        const under = kind === "row" || (kind === "text" && isAfterBlank) ? underline(text, end + 1) : undefined
        isUnderline = kind === "text" && (under === "heading1" || under === "heading2") && end - first <= 400
        const indent = first - at
        if (isAfterBlank && indent < 2 && kind !== "item") isList = false
        if (above === "heading") cut = Cut.bound
        else if (kind === "item") {
          cut = !isList && isAfterColon
            ? Cut.nested
            : indent < 2
            ? listCut(isList, isAfterBlank)
            : Cut.nested
        } else if (isAfterBlank || kind !== above) {
          cut = isAfterColon || isList
            ? Cut.nested
            : isAfterBlank
            ? Cut.block
            : Cut.line
        }
        if (kind === "item") isList = true
        else if (kind === "heading" || isUnderline) {
          const level = isUnderline ? (under === "heading1" ? 1 : 2) : headingLevel(text, first, end)
          section = outline(level, headingTitle(text, isUnderline ? first : first + level, end))
          cut = Cut.heading
          isList = false
          kind = "heading"
        } else if (kind === "fence") {
          const marker = openingMarker(text, first, end)
          fence = { marker, ...repeated(text, first, end, marker) }
          place = 0
        } else if (under === "table") {
          table = { barred: kind === "row", ...repeated(text, first, lineEnd(text, end + 1), "") }
          place = 1
          kind = "row"
        }
      }
    }
    const isHeading = kind === "heading"
    const hasSentences = kind === "text" || kind === "item"
    for (let start = at; start < end;) {
      scan(text, start, end, hasSentences)
      const { cost, end: stop, next } = scanned
      yield { start, end: stop, cost: cost + gap, cut, isHeading, section, region }
      start = stop
      cut = next
      gap = 0
    }
    above = kind
    isAfterColon = isColon(text.charCodeAt(end - 1))
    isAfterBlank = false
    at = end + 1
  }
  return undefined
}

const listCut = (isList: boolean, isAfterBlank: boolean): number => isList || !isAfterBlank ? Cut.item : Cut.block

/** The result of the last scan: one object for all, since there is one for every line. To be read before anything is yielded. */
const scanned = { end: 0, cost: 0, next: 0 }

/** One atom of the line: up to a sentence's end, the last word within the limit, or the line's end. */
const scan = (text: string, start: number, lineEnd: number, hasSentences: boolean): void => {
  let cost = 0
  let state = 0
  let word = -1
  let wordCost = 0
  for (let at = start; at < lineEnd; at++) {
    const code = text.charCodeAt(at)
    const step = stepFrom(state, code)
    cost += priceOf(step)
    state = stateAfter(step)
    if (cost > atomLimit) {
      if (word !== -1) return found(word, wordCost, Cut.word)
      return found(Math.max(cutAt(text, at, start), start + 1), cost, Cut.character)
    }
    if (code === 0x20) {
      word = at + 1
      wordCost = cost
      if (
        hasSentences && cost > shortestSentence && isStop(text.charCodeAt(at - 1)) && !isLower(text.charCodeAt(at + 1))
      ) {
        return found(word, cost, Cut.sentence)
      }
    } else if (
      code > 0x3000 && hasSentences && isFullStop(code) && cost > shortestSentence &&
      standsAlone(text.charCodeAt(at + 1))
    ) {
      return found(at + 1, cost, Cut.sentence)
    }
  }
  found(lineEnd, cost + priceOf(stepFrom(state, 0x0a)), Cut.line)
}

const found = (end: number, cost: number, next: number): void => {
  scanned.end = end
  scanned.cost = cost
  scanned.next = next
}

/** The lines [first, end) that a divided region repeats; nothing if they are too long. */
const repeated = (text: string, first: number, end: number, marker: string): Region => {
  const cost = end - first > 1000 ? Infinity : estimateTokens(text, first, end) + perToken
  return cost > atomLimit || marker.length > 100
    ? { prefix: "", suffix: "", cost: 0 }
    : { prefix: `${text.slice(first, end).trim()}\n`, suffix: marker === "" ? "" : `\n${marker}`, cost }
}

/** Tracks the headings and returns the section of each. */
const makeOutline = () => {
  let open: ReadonlyArray<{ readonly level: number; readonly title: string }> = []
  return (level: number, title: string): Section => {
    open = [...open.filter((each) => each.level < level), { level, title }]
    return { level, headings: open.map((each) => each.title).filter((title) => title !== "") }
  }
}

const lineEnd = (text: string, at: number): number => {
  const newline = text.indexOf("\n", at)
  return newline === -1 ? text.length : newline
}

const isIndent = (code: number): boolean => code === 0x20 || code === 0x09
const isColon = (code: number): boolean => code === 0x3a || code === 0xff1a
const isStop = (code: number): boolean => code === 0x2e || code === 0x21 || code === 0x3f
const isFullStop = (code: number): boolean => code === 0x3002 || code === 0xff01 || code === 0xff1f
const isLower = (code: number): boolean => code >= 0x61 && code <= 0x7a
