/**
 * XHTML may close an element in its own tag, `<script src="menu.js"/>`. The HTML parser takes that for an opening tag, and
 * everything behind it for the element's content.
 */

const isXhtml = (head: string): boolean =>
  /^\s*<\?xml\b/i.test(head) || /\bDTD XHTML\b/i.test(head) ||
  /\bxmlns=["']http:\/\/www\.w3\.org\/1999\/xhtml/i.test(head)

const voids: ReadonlySet<string> = new Set(
  "area base br col embed hr img input link meta param source track wbr".split(" ")
)

/** Gives each self-closed element an end tag of its own, if the page is XHTML; and makes CDATA sections plain text. */
export const closeEmptyElements = (html: string): string => {
  if (!isXhtml(html.slice(0, 4096))) return html
  const parts: Array<string> = []
  let copied = 0
  const replace = (from: number, to: number, text: string) => {
    parts.push(html.slice(copied, from), text)
    copied = to
  }
  for (let at = html.indexOf("<"); at !== -1; at = html.indexOf("<", at)) {
    if (html.startsWith("<!--", at)) {
      at = after(html, "-->", at)
    } else if (html.startsWith("<![CDATA[", at)) {
      const end = after(html, "]]>", at)
      replace(at, end, escaped(html.slice(at + 9, end - 3)))
      at = end
    } else {
      const end = tagEnd(html, at)
      const name = /^<([a-z][\w:.-]*)/i.exec(html.slice(at, at + 64))?.[1]?.toLowerCase()
      const closesItself = html[end - 2] === "/"
      if (name !== undefined && closesItself && !voids.has(name)) replace(end - 2, end, `></${name}>`)
      // The content of these two is not markup.
      at = (name === "script" || name === "style") && !closesItself ? before(html, `</${name}`, end) : end
    }
  }
  parts.push(html.slice(copied))
  return parts.join("")
}

const after = (html: string, mark: string, from: number): number => {
  const at = html.indexOf(mark, from)
  return at === -1 ? html.length : at + mark.length
}

const before = (html: string, mark: string, from: number): number => {
  const at = html.indexOf(mark, from)
  return at === -1 ? html.length : at
}

/** After the tag's `>`, which may also stand in the value of an attribute. */
const tagEnd = (html: string, from: number): number => {
  let quote = ""
  for (let at = from + 1; at < html.length; at++) {
    const sign = html.charAt(at)
    if (quote !== "") {
      if (sign === quote) quote = ""
    } else if (sign === ">") return at + 1
    else if (sign === "\"" || sign === "'") quote = sign
  }
  return html.length
}

const escaped = (text: string): string => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;")
