/**
 * Base64 and `data:` addresses, such as a picture or a file pasted into a mail, are not text: they are left out and counted.
 */
import type { Omission } from "../../../../src/domain/coverage/Coverage.ts"

/** Long enough not to be a word or a hash. */
const shortestRun = 40
const shortestBlock = 256
/** Lines of a mail wrap at 76, and a reply quotes them. */
const between = /^\r?\n[ \t>]{0,8}$/
const lastLine = /^\r?\n[ \t>]{0,8}([A-Za-z0-9+/]{1,39}={0,2})(?=\r?\n|$)/

/** Files inside the text as `data:` addresses: only their media type is kept. */
const dataUris = /\bdata:([a-z]+\/[\w.+-]+)((?:;[\w=.-]+)*,[^\s)"'<>`]+)/gi
/** Shorter ones may be words. */
const shortestData = 65

export const withoutEncoded = (
  text: string,
  page = 0
): { readonly text: string; readonly leftOut: ReadonlyArray<Omission> } => {
  let count = 0
  const plain = !text.includes("data:") ? text : text.replaceAll(dataUris, (whole, type: string, data: string) => {
    if (data.length < shortestData) return whole
    count += data.length
    return `data:${type}`
  })
  const blocks = blocksOf(plain)
  const kept = blocks.map(({ start }, index) => plain.slice(blocks[index - 1]?.end ?? 0, start))
  count += blocks.reduce((sum, { end, start }) => sum + end - start, 0)
  return {
    text: kept.join("") + plain.slice(blocks.at(-1)?.end),
    leftOut: count === 0 ? [] : [{ kind: "encoded", page, count, detail: "Encoded data is not text." }]
  }
}

interface Block {
  readonly start: number
  end: number
}

/**
 * The matches of `[A-Za-z0-9+/]{40,}={0,2}`. Looks back from where a run would be long enough, so that it reads a tenth of a text:
 * the expression took a twentieth of the worker's time.
 */
const runsOf = function*(text: string): Generator<Block> {
  for (let start = 0; start + shortestRun <= text.length;) {
    let at = start + shortestRun - 1
    while (at >= start && isDigit(text.charCodeAt(at))) at--
    if (at >= start) {
      start = at + 1
      continue
    }
    let end = start + shortestRun
    while (isDigit(text.charCodeAt(end))) end++
    for (let padding = 0; padding < 2 && text[end] === "="; padding++) end++
    yield { start, end }
    start = end
  }
}

const digits = new Set(
  Array.from("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/", (digit) => digit.charCodeAt(0))
)
const digitCodes = Uint8Array.from({ length: 128 }, (_, code) => digits.has(code) ? 1 : 0)
const isDigit = (code: number): boolean => digitCodes[code] === 1

const blocksOf = (text: string): ReadonlyArray<Block> => {
  const found: Array<Block> = []
  for (const { end, start } of runsOf(text)) {
    const open = found.at(-1)
    const follows = open !== undefined && start - open.end <= 10 && between.test(text.slice(open.end, start))
    if (follows) open.end = end
    else found.push({ start, end })
  }
  for (const block of found) {
    const last = lastLine.exec(text.slice(block.end, block.end + 60))
    // Base64 comes in fours: this tells its last line from a word.
    if (last?.[1] !== undefined && last[1].length % 4 === 0) block.end += last[0].length
  }
  return found.filter(({ end, start }) => end - start >= shortestBlock && isMixed(text.slice(start, end)))
}

/** Unlike hexadecimal digits, sequences of genes, or rows of one letter. */
const isMixed = (block: string): boolean => {
  const share = (kind: RegExp) => (block.match(kind)?.length ?? 0) / block.length
  return share(/[A-Z]/g) > 0.15 && share(/[a-z]/g) > 0.05 && share(/[0-9]/g) > 0.02
}
