/** What the tests of a whole stack send, and what must not come back. */
import { assert } from "@effect/vitest"
import { Effect, Schema } from "effect"
import { formOf } from "../support/harness/TestApi.ts"
import type { StubRequest } from "../support/stubs/HttpStub.ts"
import { Canary } from "./Canary.ts"
import { secretSettings } from "./secretSettings.ts"
import { until, type WatchedStack } from "./WatchedStack.ts"

const Job = Schema.Struct({
  job_id: Schema.String,
  document_id: Schema.String,
  status: Schema.String,
  error_code: Schema.NullOr(Schema.String)
})
export type Job = typeof Job.Type
const readJob = Schema.decodeUnknownSync(Schema.fromJsonString(Job))

export const upload = (stack: WatchedStack, name: string, content: string | Buffer<ArrayBuffer>) =>
  Effect.map(
    stack.ask("/api/v1/documents", { method: "POST", body: formOf(name, content) }),
    ({ text }) => readJob(text)
  )

/** Until it has ended, or has failed once. */
export const ended = (stack: WatchedStack, { job_id }: Job) =>
  until(
    Effect.map(stack.ask(`/api/v1/jobs/${job_id}`), ({ text }) => readJob(text)),
    ({ error_code, status }) => error_code !== null || status === "complete"
  )

/** In every secret setting except the database's address, which must work. */
export const secrets = secretSettings.filter((name) => name !== "DATABASE_URL").map((name) => new Canary(name))
export const environment = Object.fromEntries(secrets.map(({ name, value }) => [name, value]))

export const assertUnseen = (canaries: ReadonlyArray<Canary>, outputs: Readonly<Record<string, string>>) => {
  for (const [name, output] of Object.entries(outputs)) {
    for (const canary of canaries) assert.isUndefined(canary.findIn(output), `in ${name}`)
  }
}

/** A provider's answer that repeats what it was sent. */
export const everything = ({ body, headers }: StubRequest): string =>
  `${JSON.stringify(headers)} ${body.toString("utf8")}`
