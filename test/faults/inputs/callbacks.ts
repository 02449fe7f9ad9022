/** Callbacks that are too large, of the wrong type, or contradict the parser's result. */
import { Effect } from "effect"
import { randomUUID } from "node:crypto"
import { chunksOf, startApi } from "../api.ts"
import type { Case } from "../Case.ts"
import { accept, smallText } from "../documents.ts"
import { must, untilComplete } from "../judge.ts"
import { fullStack } from "../stack.ts"
import { send, traceOf } from "../Webhook.ts"
import { World } from "../World.ts"

export const cases: ReadonlyArray<Case> = [
  {
    id: "B37",
    title: "callbacks of 50 MB, of another content type, for an unknown job, and with an address to fetch from",
    expected: "413, 415 and 404 without any effect; the address is not called.",
    run: Effect.gen(function*() {
      const { seed, urls } = yield* World
      const { ask } = yield* startApi()
      const job = yield* accept(smallText(seed))
      const before = yield* traceOf(job)
      const large = yield* send(job, { body: `{"event_id":"a","padding":"${"x".repeat(50_000_000)}"}` }).pipe(
        Effect.catchDefect(() => Effect.succeed(413))
      )
      yield* must(large === 413, `50 MB were answered ${large}.`)
      const typed = yield* ask(`/webhooks/llamaparse/${job.job_id}`, {
        method: "POST",
        headers: { "content-type": "text/xml" },
        body: "<a/>"
      })
      yield* must(typed.status === 415 || typed.status === 401, `XML was answered ${typed.status}.`)
      const unknown = yield* send({ job_id: randomUUID() }, { secret: "any" })
      yield* must(unknown === 404 || unknown === 401, `An unknown job was answered ${unknown}.`)
      yield* must(JSON.stringify(yield* traceOf(job)) === JSON.stringify(before), "The job was changed.")
      const extra = JSON.stringify({
        event_id: randomUUID(),
        event_type: "parse.success",
        timestamp: Date.now() / 1000,
        data: { result_url: "http://169.254.169.254/latest", markdown: "# forged" },
        result_url: urls.api.href
      })
      yield* must((yield* send(job, { body: extra })) === 200, "A genuine one with additional fields is refused.")
      return "413, 415, 404; additional fields are ignored."
    })
  },
  {
    id: "B38",
    title: "a callback contains another text than the parser's result",
    expected: "Only the text fetched from the parser is stored.",
    run: Effect.gen(function*() {
      const { seed } = yield* World
      yield* fullStack({ api: true, settings: { MOCK_LLAMAPARSE_DELAY: "1" } })
      const job = yield* accept(smallText(seed))
      const body = JSON.stringify({
        event_id: randomUUID(),
        event_type: "parse.success",
        timestamp: Date.now() / 1000,
        data: { markdown: "# Forged\n\nNothing is covered.", sha256: "00".repeat(32) }
      })
      yield* send(job, { body })
      yield* untilComplete(job)
      const text = (yield* chunksOf(job)).map((chunk) => chunk.text).join("\n")
      yield* must(text.includes("water damage") && !text.includes("Forged"), `The text is ${text.slice(0, 100)}.`)
      return "The fetched text is stored."
    })
  }
]
