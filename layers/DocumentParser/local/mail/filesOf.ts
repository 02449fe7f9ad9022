/** The files attached to a mail, without the pictures of its own layout, such as a logo. */
import type { Attachment, Email } from "postal-mime"

export interface MailFile {
  readonly name: string
  /** Undefined if it cannot be decoded. */
  readonly content: Uint8Array<ArrayBuffer> | undefined
}

export const filesOf = ({ attachments }: Email): ReadonlyArray<MailFile> =>
  attachments.filter((each) => !(each.related === true && each.mimeType.startsWith("image/"))).map((each, i) => ({
    name: each.filename ?? `attachment ${i + 1}${extensions[each.mimeType] ?? ""}`,
    content: bytesOf(each)
  }))

/** Of parts that mostly have no name: a mail that is passed on, and an invitation. */
const extensions: Readonly<Record<string, string>> = { "message/rfc822": ".eml", "text/calendar": ".ics" }

const bytesOf = ({ content }: Attachment): Uint8Array<ArrayBuffer> | undefined =>
  typeof content === "string" ? undefined : new Uint8Array(content).slice()
