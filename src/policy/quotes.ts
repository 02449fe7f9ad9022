/** What a document will roughly cost, told before it is parsed: the plan after its chunking is exact to the estimate of tokens. */
import { bytesPerToken } from "./limits.ts"

/** Of prose, in English; a page of tables has more. */
const tokensPerPage = 550

/** Bytes of a packed or laid out file for each token of its text, where nothing better is known. */
const fileBytesPerToken = 20

/** `text`: the file's own characters. `pages`: counted. `size`: no more than a guess. */
export type QuoteBasis = "text" | "pages" | "size"

export const estimateTokens = (
  mediaType: string,
  bytes: number,
  pages: number | null
): { readonly tokens: number; readonly basis: QuoteBasis } => {
  if (mediaType.startsWith("text/")) return { tokens: Math.ceil(bytes / bytesPerToken), basis: "text" }
  if (pages !== null) return { tokens: pages * tokensPerPage, basis: "pages" }
  return { tokens: Math.ceil(bytes / fileBytesPerToken), basis: "size" }
}
