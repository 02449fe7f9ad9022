/** Whether a file can be accepted, by its first bytes and its name: refused if it is empty, misnamed or cannot be parsed. */
import { errorCodes } from "./ErrorCode.ts"
import { contradicts, isOffice, type MediaType, mediaTypes, promisedType } from "./mediaType.ts"
import { sniff, sniffedBytes } from "./sniff.ts"

export interface Refusal {
  readonly code: "EMPTY_FILE" | "TYPE_MISMATCH" | "UNSUPPORTED_TYPE"
  readonly what: string
}

export type Judgement =
  | { readonly _tag: "Accepted"; readonly mediaType: MediaType }
  | { readonly _tag: "Refused"; readonly refusal: Refusal }

/** No parser reads them. */
export const refused: ReadonlySet<MediaType> = new Set([
  "application/octet-stream",
  "application/x-executable",
  "application/x-archive",
  "application/zip",
  "application/vnd.sqlite3",
  "image/*",
  "audio/*",
  "video/*"
])

export const judgeFile = (name: string, head: Uint8Array): Judgement => {
  const found = sniff(head, name)
  if (found === "application/x-empty") return refuse("EMPTY_FILE", errorCodes.EMPTY_FILE.title)
  const promised = promisedType(name)
  // The part that identifies an Office document may come after the first bytes: then its name decides.
  const isOpen = found === "application/vnd.openxmlformats-officedocument" ||
    (found === "application/zip" && head.length >= sniffedBytes && promised !== undefined && isOffice(promised))
  if (isOpen) return { _tag: "Accepted", mediaType: promised ?? found }
  if (contradicts(name, found)) {
    return refuse("TYPE_MISMATCH", `The file is ${mediaTypes[found]}, but its name says otherwise.`)
  }
  if (refused.has(found)) return refuse("UNSUPPORTED_TYPE", `The file is ${mediaTypes[found]}.`)
  return { _tag: "Accepted", mediaType: found }
}

const refuse = (code: Refusal["code"], what: string): Judgement => ({ _tag: "Refused", refusal: { code, what } })
