/** LlamaCloud's errors: a sentence, or a validation's list, under `detail`. */
import { Schema, SchemaIssue } from "effect"

export interface Complaint {
  readonly type: string
  readonly loc: ReadonlyArray<string | number>
  readonly msg: string
  readonly input: unknown
}

export class Refusal extends Schema.TaggedError<Refusal>()("Refusal", {
  status: Schema.Int,
  detail: Schema.Unknown
}) {}

export const refusal = (status: number, detail: string): Refusal => new Refusal({ status, detail })

export const complaints = (list: ReadonlyArray<Complaint>): Refusal => new Refusal({ status: 422, detail: list })

export const fileNotFound = refusal(404, "File not found")
export const jobNotFound = refusal(404, "Parse job not found")
export const resultNotFound = refusal(404, "Result not found. Check job status to see if it has completed.")

/** Default messages for statuses in scenarios. */
const usual: Readonly<Record<number, string>> = {
  400: "Invalid request.",
  401: "Invalid API Key. Please check your region and your key.",
  402: "You've exceeded the maximum number of credits for your plan.",
  403: "You do not have access to this project.",
  404: "Result not found. Check job status to see if it has completed.",
  409: "The job is not in a state that allows this.",
  413: "The file is too large.",
  429: "Rate limit exceeded. Please try again later."
}

export const usualRefusal = (status: number, message: string | undefined): Refusal => {
  if (status === 422 && message === undefined) {
    return complaints([{ type: "value_error", loc: ["body"], msg: "Value error, told so by a scenario", input: null }])
  }
  return refusal(status, message ?? usual[status] ?? `Internal server error. Correlation ID: mock-${status}`)
}

const format = SchemaIssue.makeFormatterStandardSchemaV1()

const locOf = (key: PropertyKey): string | number => typeof key === "number" ? key : String(key)

const inputAt = (input: unknown, path: ReadonlyArray<string | number>): unknown =>
  path.reduce<unknown>((value, key) => {
    const entries = typeof value === "object" && value !== null ? Object.entries(value) : []
    return entries.find(([name]) => name === String(key))?.[1] ?? null
  }, input)

/** The list a failed decoding of `input` becomes; `where` is `body` or `query`. */
export const invalidInput = (where: string, input: unknown) => (error: Schema.SchemaError): Refusal =>
  complaints(
    format(error.issue).issues.map(({ message, path = [] }) => {
      const loc = path.map((part) => locOf(typeof part === "object" ? part.key : part))
      const missing = message === "Missing key"
      return {
        type: missing ? "missing" : "value_error",
        loc: [where, ...loc],
        msg: missing ? "Field required" : message,
        input: missing ? inputAt(input, loc.slice(0, -1)) : inputAt(input, loc)
      }
    })
  )
