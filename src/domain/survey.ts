/** Counts what a parsed text consists of while it streams in, to decide whether it is worth searching. */
import { pageMarks } from "./text.ts"

export interface Survey {
  /** UTF-16 units, without the page marks. */
  readonly characters: number
  readonly pages: number
  readonly hasLetters: boolean
  /** Replacement and private-use characters: more than a few mean that a font or an encoding was not understood. */
  readonly strange: number
}

/** `add` accepts the text in parts of any length. */
export const surveyInParts = (): { readonly add: (part: string) => void; readonly end: () => Survey } => {
  let characters = 0
  let pages = 0
  let hasLetters = false
  let strange = 0
  let rest = ""

  /** Whole lines: a page mark is one. */
  const count = (lines: string) => {
    const text = lines.replaceAll(pageMarks(), () => {
      pages++
      return ""
    })
    characters += text.length
    hasLetters ||= /[\p{L}\p{N}]/u.test(text)
    strange += text.match(/[\ue000-\uf8ff\ufffd]/g)?.length ?? 0
  }
  return {
    add: (part) => {
      const end = part.lastIndexOf("\n") + 1
      // An endless line is counted as it arrives; only the length of a page mark is kept.
      if (end === 0 && rest.length < longestMark) rest += part
      else {
        count(rest + part.slice(0, end))
        rest = part.slice(end)
      }
    },
    end: () => {
      count(rest)
      return { characters, pages, hasLetters, strange }
    }
  }
}

const longestMark = 64
