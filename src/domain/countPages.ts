/** Counts the pages of a PDF from its bytes as they come in, without parsing it. */

/** Undefined at the end: the page objects are packed away in streams. */
export interface PageCount {
  readonly add: (bytes: Uint8Array) => void
  readonly pages: () => number | undefined
}

/** The longest piece that may be cut in two between two parts. */
const overlap = 32

export const countPages = (): PageCount => {
  let count = 0
  let rest = ""
  return {
    add: (bytes) => {
      const text = rest + latin1.decode(bytes)
      let seen = 0
      for (const match of text.matchAll(/\/Type\s{0,8}\/Page(?=[^a-zA-Z])/gu)) {
        count++
        seen = match.index + match[0].length
      }
      rest = text.slice(Math.max(seen, text.length - overlap))
    },
    pages: () => count === 0 ? undefined : count
  }
}

const latin1 = new TextDecoder("latin1")
