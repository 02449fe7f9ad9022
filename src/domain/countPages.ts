/** Counts the pages of a PDF while its bytes arrive, without parsing it. */

/** Undefined if the page objects are inside compressed streams. */
export interface PageCount {
  readonly add: (bytes: Uint8Array) => void
  readonly pages: () => number | undefined
}

/** The longest pattern that may be split across two parts. */
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
