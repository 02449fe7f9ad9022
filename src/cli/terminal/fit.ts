/** Fits text to a number of terminal cells: truncated with an ellipsis or padded with blanks. */
import { CliOutput } from "effect/cli"

const segmenter = new Intl.Segmenter("en", { granularity: "grapheme" })

export const truncate = (text: string, width: number): string => {
  if (CliOutput.displayWidth(text) <= width) return text
  if (width <= 0) return ""
  let kept = ""
  let used = 1
  for (const { segment } of segmenter.segment(text)) {
    used += CliOutput.displayWidth(segment)
    if (used > width) break
    kept += segment
  }
  return `${kept}…`
}

const padEnd = (text: string, width: number): string =>
  text + " ".repeat(Math.max(0, width - CliOutput.displayWidth(text)))

/** Exactly this many cells; padded by one if a wide character does not fit the last one. */
export const fit = (text: string, width: number): string => padEnd(truncate(text, width), width)
