/** EML → Markdown: who wrote what to whom and when, the names of the attachments, and the body. */
import type { Address } from "postal-mime"
import type { Omission } from "../../../../src/domain/coverage/Coverage.ts"
import type { Source } from "../../../../src/domain/coverage/Source.ts"
import { attachments } from "../../../../src/policy/attachments.ts"
import { parseHtml, treeToMarkdown } from "../html/htmlToMarkdown.ts"
import { mailSource } from "../source/mailSource.ts"
import { withoutEncoded } from "../text/withoutEncoded.ts"
import { guard } from "../threads/guard.ts"
import { filesOf, type MailFile } from "./filesOf.ts"
import { readMail } from "./readMail.ts"

export interface Mail {
  readonly markdown: string
  readonly leftOut: ReadonlyArray<Omission>
  readonly source: () => Source
  readonly files: ReadonlyArray<MailFile>
}

export const parseMail = async (bytes: Uint8Array): Promise<Mail> => {
  const mail = await readMail(bytes)
  const files = filesOf(mail)
  const heads = [
    ["From", addresses(mail.from === undefined ? [] : [mail.from])],
    ["To", addresses(mail.to ?? [])],
    ["Cc", addresses(mail.cc ?? [])],
    ["Date", mail.date ?? ""],
    ["Attachments", namesOf(files)]
  ].flatMap(([name, value]) => value === "" ? [] : [`${name}: ${value}`])
  const page = mail.html === undefined ? undefined : parseHtml(mail.html)
  const body = withoutEncoded(page === undefined ? guard(mail.text ?? "") : treeToMarkdown(page, new Map()))
  const parts = [`# ${mail.subject?.trim() || "Mail"}`, heads.join("\n"), body.text.trim()]
  const markdown = parts.filter((part) => part !== "").join("\n\n")
  return { markdown, leftOut: body.leftOut, source: () => mailSource(mail, page), files }
}

const longestName = 200

const namesOf = (files: ReadonlyArray<MailFile>): string => {
  const named = files.slice(0, attachments.most).map(({ name }) => name.replaceAll(/\s+/g, " ").slice(0, longestName))
  const more = files.length - named.length
  return named.join(", ") + (more > 0 ? ` and ${more} more` : "")
}

const addresses = (list: ReadonlyArray<Address>): string =>
  list.flatMap((each) => each.group ?? [each]).map(({ address, name }) =>
    name === "" || name === address ? address ?? "" : `${name} <${address ?? ""}>`
  ).join(", ")
