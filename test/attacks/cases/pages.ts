/** Routes without a credential. */
import { Effect, Ref } from "effect"
import { Agent } from "node:http"
import { startApi } from "../../faults/api.ts"
import type { Case } from "../../faults/Case.ts"
import { must } from "../../faults/judge.ts"
import { World } from "../../faults/World.ts"
import { neighbour } from "../neighbour.ts"
import { readPage } from "../readPage.ts"

export const cases: ReadonlyArray<Case> = [
  {
    id: "A33",
    title: "50 clients load the documentation and 20 poll the health check in a loop, without a key",
    expected: "Other users are not affected, the page is compressed and has an ETag, and every answer has the "
      + "security headers.",
    minutes: 2,
    run: Effect.gen(function*() {
      const { urls } = yield* World
      const { ask, key, upload } = yield* startApi()
      const mine = (yield* upload("roofs.md", "# Roofs")).body["job_id"]
      const { mustNotNotice } = yield* neighbour(new URL(`/api/v1/jobs/${String(mine)}`, urls.api), key)
      const agent = yield* Effect.acquireRelease(
        Effect.sync(() => new Agent({ keepAlive: true, maxSockets: Infinity })),
        (each) => Effect.sync(() => each.destroy())
      )
      const pages = yield* Ref.make(0)
      const flood = (path: string, headers: Readonly<Record<string, string>>) =>
        readPage(new URL(path, urls.api), agent, headers).pipe(
          Effect.tap(({ status }) => Ref.update(pages, (before) => before + (status === 200 ? 1 : 0))),
          Effect.delay("50 millis"),
          Effect.forever,
          Effect.forkScoped
        )
      yield* Effect.forEach(Array.from({ length: 25 }), () => flood("/docs", {}))
      yield* Effect.forEach(Array.from({ length: 25 }), () => flood("/docs", { "accept-encoding": "gzip" }))
      yield* Effect.forEach(Array.from({ length: 20 }), () => flood("/health", {}))
      const felt = yield* mustNotNotice
      const packed = yield* readPage(new URL("/docs", urls.api), agent, { "accept-encoding": "gzip, br" }).pipe(
        Effect.repeat({ until: ({ status }) => status === 200 })
      )
      yield* must(packed.bytes < 1_500_000, `The page has ${packed.bytes} bytes.`)
      const { headers } = yield* ask("/docs", {}, "").pipe(Effect.repeat({ until: ({ status }) => status === 200 }))
      const known = yield* ask("/docs", { headers: { "if-none-match": headers.get("etag") ?? "" } }, "")
      yield* must(known.status === 304, `With its ETag the page is answered ${known.status}.`)
      for (const path of ["/docs", "/openapi.json", "/health", `/api/v1/jobs/${String(mine)}`, "/nothing"]) {
        const { headers } = yield* ask(path)
        const missing = ["x-content-type-options", "referrer-policy", "content-security-policy"].filter((name) =>
          !headers.has(name)
        )
        yield* must(missing.length === 0, `${path} is answered without ${missing.join(", ")}.`)
      }
      return `${yield* Ref.get(pages)} answers, of ${packed.bytes} bytes compressed; ${felt}.`
    })
  }
]
