/** EML → Markdown: who wrote what to whom and when, the body, and each attachment under its name. */
import PostalMime, { type Address } from "postal-mime"
import type { Omission } from "../../../../src/domain/coverage/Coverage.ts"
import type { Source } from "../../../../src/domain/coverage/Source.ts"
import { htmlToMarkdown } from "../html/htmlToMarkdown.ts"
import { ParseFailure } from "../ParseFailure.ts"
import { mailSource } from "../source/mailSource.ts"
import { withoutEncoded } from "../text/withoutEncoded.ts"
import { guard } from "../threads/guard.ts"
import { mailOptions } from "./pageOfMail.ts"

export interface Attachment {
  readonly markdown: string
  readonly leftOut: ReadonlyArray<Omission>
}

export interface Mail extends Attachment {
  readonly source: () => Source
}

const mostAttachments = 100

/** `read` parses an attachment, which may be a mail in turn. */
export const parseMail = async (
  bytes: Uint8Array,
  read: (filename: string, bytes: Uint8Array<ArrayBuffer>) => Promise<Attachment>
): Promise<Mail> => {
  const mail = await PostalMime.parse(bytes, mailOptions)
  const heads = [
    ["From", addresses(mail.from === undefined ? [] : [mail.from])],
    ["To", addresses(mail.to ?? [])],
    ["Cc", addresses(mail.cc ?? [])],
    ["Date", mail.date ?? ""]
  ].flatMap(([name, value]) => value === "" ? [] : [`${name}: ${value}`])
  const body = withoutEncoded(mail.html === undefined ? guard(mail.text ?? "") : htmlToMarkdown(mail.html))
  const parts = [`# ${mail.subject?.trim() || "Mail"}`, heads.join("\n"), body.text.trim()]
  const leftOut: Array<Omission> = [...body.leftOut]
  const miss = (detail: string) => leftOut.push({ kind: "attachment", page: 0, count: 1, detail })
  for (const [index, attachment] of mail.attachments.entries()) {
    // Pictures of the body's own layout, such as a logo.
    if (attachment.related === true && attachment.mimeType.startsWith("image/")) continue
    const name = attachment.filename ??
      `attachment ${index + 1}${attachment.mimeType === "message/rfc822" ? ".eml" : ""}`
    if (index >= mostAttachments) {
      miss(`The mail has more than ${mostAttachments} attachments.`)
      break
    }
    try {
      if (typeof attachment.content === "string") throw new ParseFailure("PARSE_CORRUPT", "It cannot be decoded.")
      const found = await read(name, new Uint8Array(attachment.content).slice())
      parts.push(`# Attachment: ${name}`, found.markdown.replaceAll(/^<!-- page \d+ -->\n*/gm, "").trim())
      leftOut.push(...found.leftOut.map((each) => ({ ...each, page: 0 })))
    } catch (cause) {
      if (!(cause instanceof ParseFailure)) throw cause
      parts.push(`# Attachment: ${name}`, "This attachment was not read.")
      miss(`The attachment could not be read: ${cause.message}`)
    }
  }
  return { markdown: parts.filter((part) => part !== "").join("\n\n"), leftOut, source: () => mailSource(mail) }
}

const addresses = (list: ReadonlyArray<Address>): string =>
  list.flatMap((each) => each.group ?? [each]).map(({ address, name }) =>
    name === "" || name === address ? address ?? "" : `${name} <${address ?? ""}>`
  ).join(", ")
