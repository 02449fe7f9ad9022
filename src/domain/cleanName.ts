/** Cleans an uploader's file name for display: never a path, never empty, no characters that hide others. */

import { composed, cutText } from "./text.ts"

const longest = 255

// Control characters, line and paragraph separators, and bidirectional controls: `exe.fdp` must not read as a PDF.
// oxlint-disable-next-line no-control-regex
const hidden = /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g

/** The last part of the path, at most 255 UTF-16 units, keeping the extension. Idempotent. */
export const cleanName = (given: string): string => {
  const visible = composed(given.toWellFormed().replace(hidden, ""))
  const last = visible.split(/[/\\]/).findLast((part) => part.trim() !== "") ?? ""
  const name = last.trim()
  if (name === "" || name === "." || name === "..") return "document"
  return name.length <= longest ? name : shorten(name)
}

/** The name that a form's header stands for: browsers write a quote as %22, others with a backslash. */
export const nameInForm = (written: string): string =>
  written.replaceAll("\\\"", "\"").replaceAll("%22", "\"").replaceAll("%0D", "").replaceAll("%0A", "")

const shorten = (name: string): string => {
  const extension = /\.[A-Za-z0-9]{1,16}$/.exec(name)?.[0] ?? ""
  return cutText(name, longest - extension.length).trimEnd() + extension
}
