/** Which pages need OCR: pages without text, glyphs without letters, and pictures that no text layer covers. */
import { ParseFailure } from "../ParseFailure.ts"
import type { TextLayer } from "./readPage.ts"

export interface Need {
  readonly number: number
  /** `page` has no text layer at all. */
  readonly kind: "page" | "glyphs" | "picture"
}

/** The fewer letters a page has, the smaller a picture (in shares of the page) is read: it is likely a scan. */
const readFrom = [{ letters: 100, share: 0.05 }, { letters: 300, share: 0.1 }, { letters: Infinity, share: 0.5 }]
/** Fewer glyphs without letters are ornaments. */
const fewUnmapped = 10
const unmappedShare = 0.1

const needOf = (layer: TextLayer): Need["kind"] | undefined => {
  const { groups, isDrawn, letters, pictureShare, unmapped } = layer
  if (hasManyUnmapped(layer)) return "glyphs"
  if (groups.every((group) => group.runs.length === 0)) return isDrawn || unmapped > 0 ? "page" : undefined
  return readFrom.some((each) => letters < each.letters && pictureShare >= each.share) ? "picture" : undefined
}

const hasManyUnmapped = ({ letters, unmapped }: TextLayer): boolean =>
  unmapped >= fewUnmapped && unmapped >= unmappedShare * (letters + unmapped)

/** Pages without any text come first; `unread` are beyond the limit. */
export const scanNeeds = (layers: ReadonlyArray<TextLayer | undefined>, maxScans: number) => {
  const needs = layers.flatMap((layer, i): ReadonlyArray<Need> => {
    const kind = layer === undefined ? undefined : needOf(layer)
    return kind === undefined ? [] : [{ number: i + 1, kind }]
  })
  const urgent = needs.filter(({ kind }) => kind !== "picture")
  if (urgent.length === layers.length && urgent.length > maxScans) {
    throw new ParseFailure(
      "PARSE_TOO_COMPLEX",
      `None of the PDF's ${layers.length} pages has a text layer; at most ${maxScans} are read by OCR.`
    )
  }
  const ordered = [...urgent, ...needs.filter(({ kind }) => kind === "picture")]
  return { chosen: ordered.slice(0, maxScans), unread: ordered.slice(maxScans) }
}
