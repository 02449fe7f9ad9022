/** Checks an answer to any request: returns the fault found in it, or undefined. */
import { Schema } from "effect"
import { type Call, type Heard, mayWait } from "./Call.ts"

export const judgeReply = (call: Call, heard: Heard): string | undefined => {
  if (heard === "held") return mayWait(call) ? undefined : "no answer in time"
  // A request refused for its length may be cut off while it is arriving.
  if (heard === "lost") return isLarge(call) ? undefined : "the connection ended without an answer"
  const { headers, status, text } = heard
  if (status >= 200 && status < 300) return undefined
  if (status >= 300 && status < 400) return `redirects with ${status}`
  if (call.method === "HEAD" && status !== 500) return undefined
  if (!/^application\/problem\+json\b/.test(String(headers["content-type"]))) {
    return `${status} with ${headers["content-type"]}: ${text.slice(0, 200)}`
  }
  const problem = decodeProblem(text)
  if (problem._tag === "None") return `${status} with an incomplete problem: ${text.slice(0, 200)}`
  const { code, correlation_id, status: stated } = problem.value
  if (stated !== status) return `the problem says ${stated}, the answer ${status}`
  if (headers["x-correlation-id"] !== correlation_id) return "two correlation ids"
  if (status === 503 && headers["retry-after"] === undefined) return "503 without Retry-After"
  if (status >= 500 && !(status === 503 && code !== "INTERNAL")) return `${status} ${code}: ${text.slice(0, 300)}`
  return undefined
}

const isLarge = ({ body, headers, path }: Call): boolean =>
  (body?.length ?? 0) > 60_000 || path.length + JSON.stringify(headers).length > 15_000

const decodeProblem = Schema.decodeUnknownOption(Schema.fromJsonString(Schema.Struct({
  type: Schema.String,
  title: Schema.String,
  status: Schema.Int,
  detail: Schema.String,
  code: Schema.String,
  correlation_id: Schema.String.check(Schema.isUUID())
})))
