/** Lines of a paragraph → one text: words split at line ends are joined, bold and italic are kept. */
import { between, type Piece, type Style } from "./pdfText.ts"

export const joinLines = (lines: ReadonlyArray<string>, style: Style): string => {
  let text = ""
  let tail = ""
  for (const line of lines) {
    const next = text === "" ? line : seam(tail, line, style) + line
    text += next
    tail = (tail + next.slice(-longestWord)).slice(-longestWord)
  }
  return tidy(text.replaceAll(cut, ""))
}

/** How much of a text is searched for the word split at a line's end; searching all of it would take quadratic time. */
const longestWord = 80

// Marks a hyphen to be removed, together with the mark itself.
const drop = "\ufdd0"
const cut = /[-\u00ad\u2010]\ufdd0/g
const ideograph = /[\u3000-\u30ff\u3400-\u9fff\uff00-\uffef]/

/** What goes between two lines: nothing inside a split word or in Chinese and Japanese, otherwise a space. */
const seam = (before: string, after: string, style: Style): string => {
  if (before.endsWith("\u00ad")) return drop
  const head = /(\p{L}+)[-\u2010]$/u.exec(before.slice(-longestWord))?.[1]
  const tail = /^\p{Ll}+/u.exec(after)?.[0]
  if (head !== undefined && tail !== undefined) return keepsHyphen(head, tail, style) ? "" : drop
  // A range, a part number or a double name: 1998-2004, AB-77, Smith-Jones.
  if (/[\p{L}\p{N}][-\u2010\u2013]$/u.test(before.slice(-2)) && /^[\p{Lu}\p{N}]/u.test(after)) return ""
  if (ideograph.test(before.slice(-1)) && ideograph.test(after.slice(0, 1))) return ""
  return before.endsWith(" ") ? "" : " "
}

/** Parts that join other words by a hyphen, and are not split off at a line's end. */
const joining = /^(?:\p{L}|well|self|non|ex|half)$/iu

export const keepsHyphen = (head: string, tail: string, style: Style): boolean =>
  joining.test(head) || style.hyphenated.has(`${head}-${tail}`.toLowerCase())

/** Dot leaders before a page number carry no information. */
const withoutLeaders = (text: string): string => text.replaceAll(/(?:\s?[.·…_]){5,}/g, " … ")

const tidy = (text: string): string => withoutLeaders(text).replaceAll(/\u00ad/g, "").replaceAll(/ {2,}/g, " ").trim()

interface Span {
  text: string
  readonly bold: boolean
  readonly italic: boolean
}

export const emphasized = (lines: ReadonlyArray<Piece>, style: Style): string => {
  const spans: Array<Span> = []
  let whole = ""
  for (const line of lines) {
    line.runs.forEach((run, i) => {
      const space = i > 0
        ? between(line.runs[i - 1], run)
        : whole === ""
        ? ""
        : seam(whole, run.text, style)
      whole = `${whole.slice(-longestWord)}${space}${run.text}`
      const last = spans.at(-1)
      const hasWords = /[\p{L}\p{N}]{2,}/u.test(run.text)
      const bold = hasWords ? run.bold && !style.isBold : last?.bold ?? false
      const italic = hasWords ? run.italic : last?.italic ?? false
      if (last !== undefined) last.text += space
      if (last !== undefined && last.bold === bold && last.italic === italic) last.text += run.text
      else spans.push({ text: run.text, bold, italic })
    })
  }
  return tidy(spans.map((span, i) => mark(span, spans[i - 1], spans[i + 1])).join("").replaceAll(cut, ""))
}

/** Emphasis only around whole words: a mark inside a word would cut it in two. */
const mark = (span: Span, before: Span | undefined, after: Span | undefined): string => {
  const text = withoutLeaders(span.text)
  const inner = text.trim()
  const marks = (span.bold ? "**" : "") + (span.italic ? "*" : "")
  const touches = /[\p{L}\p{N}]$/u.test(before?.text ?? "") && /^[\p{L}\p{N}]/u.test(span.text) ||
    /[\p{L}\p{N}\ufdd0]$/u.test(span.text) && /^[\p{L}\p{N}]/u.test(after?.text ?? "")
  if (marks === "" || inner === "" || touches || !/\p{L}{2,}/u.test(inner)) return span.text
  return text.replace(inner, () => marks + inner + marks.split("").toReversed().join(""))
}
