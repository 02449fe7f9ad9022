/** A chunk on two or three lines: its position and its beginning. */
import { truncate } from "./fit.ts"
import { printable } from "./printable.ts"
import type { Style } from "./Style.ts"

export const passage = (
  head: string,
  chunk: { readonly text: string; readonly headings: ReadonlyArray<string>; readonly page: number | null },
  columns: number,
  style: Style
): ReadonlyArray<string> => {
  const place = [
    ...(chunk.page === null ? [] : [`page ${chunk.page}`]),
    ...(chunk.headings.length === 0 ? [] : [chunk.headings.map(printable).join(" › ")])
  ].join("  ")
  const text = printable(chunk.text).trim()
  return [
    place === "" ? head : `${head}  ${style.dim(truncate(place, Math.max(20, columns - 40)))}`,
    `       ${truncate(text, Math.max(20, (columns - 8) * 2))}`,
    ""
  ]
}
