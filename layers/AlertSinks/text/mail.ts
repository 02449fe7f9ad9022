/** A notice as a mail: plain text, and HTML that needs no image and no style sheet. */
import type { AlertNotice } from "../../../src/domain/AlertNotice.ts"
import { colorOf, facts, headline, links, shorten } from "./describe.ts"

export interface Mail {
  readonly subject: string
  readonly text: string
  readonly html: string
}

export const mailOf = (notice: AlertNotice): Mail => {
  const subject = shorten(headline(notice), 200)
  const description = shorten(notice.description, 10_000)
  const rows = facts(notice)
  const opened = links(notice)
  const width = Math.max(...rows.map(([name]) => name.length)) + 2
  return {
    subject,
    text: [
      subject,
      ...(description === "" ? [] : ["", description]),
      "",
      ...rows.map(([name, value]) => `${`${name}:`.padEnd(width)}${value}`),
      "",
      ...opened.map(([text, url]) => `${`${text}:`.padEnd(width)}${url}`),
      ""
    ].join("\n"),
    html:
      `<!doctype html><html lang="en"><body style="font:15px/1.5 system-ui,sans-serif;color:#1c2024;margin:0;padding:24px">`
      + `<div style="max-width:640px;border-left:4px solid ${colorOf(notice)};padding-left:16px">`
      + `<h1 style="font-size:18px;margin:0 0 8px">${escape(subject)}</h1>`
      + (description === "" ? "" : `<p style="margin:0 0 16px;white-space:pre-line">${escape(description)}</p>`)
      + `<table style="border-collapse:collapse;font-size:14px">${rows.map(row).join("")}</table>`
      + `<p style="margin:16px 0 0">${opened.map(link).join(" · ")}</p>`
      + "</div></body></html>"
  }
}

const row = ([name, value]: readonly [string, string]): string =>
  `<tr><td style="padding:2px 16px 2px 0;color:#60646c">${escape(name)}</td><td>${escape(value)}</td></tr>`

const link = ([text, url]: readonly [string, string]): string => `<a href="${escape(url)}">${escape(text)}</a>`

const escape = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll("\"", "&quot;")
