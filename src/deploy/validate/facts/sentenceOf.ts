/** What a failed request said, for people: the API's own sentence, or the reason of the connection. */
import { cutText } from "../../../domain/text.ts"

export const sentenceOf = (error: unknown): string => cutText(told(error), 300)

const told = (error: unknown): string => {
  if (typeof error === "string") return error
  if (typeof error !== "object" || error === null) return String(error)
  if ("detail" in error && typeof error.detail === "string") return error.detail
  if ("reason" in error && typeof error.reason === "object" && error.reason !== null) return told(error.reason)
  if ("cause" in error && error.cause instanceof Error) {
    const { cause } = error
    return "code" in cause && typeof cause.code === "string" ? `no connection: ${cause.code}` : told(cause)
  }
  return error instanceof Error ? error.message : "it failed"
}
