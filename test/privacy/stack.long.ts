/** A second running system, with a human-readable log and a parser that repeats its input in its errors. */
import { NodeServices } from "@effect/platform-node"
import { assert, it } from "@effect/vitest"
import { Effect } from "effect"
import { serveStub } from "../support/stubs/HttpStub.ts"
import { assertUnseen, ended, environment, everything, secrets, upload } from "./canaries.ts"
import { startWatched } from "./WatchedStack.ts"

it.live(
  "no secret is in the human-readable log if the parser repeats its input",
  () =>
    Effect.gen(function*() {
      let refusal = 401
      const parser = yield* serveStub((request) => ({ status: refusal, body: { detail: everything(request) } }))
      const stack = yield* startWatched({ ...environment, LOG_FORMAT: "pretty", LLAMAPARSE_API_URL: parser.href })
      for (const status of [401, 403, 422, 500]) {
        refusal = status
        const job = yield* ended(stack, yield* upload(stack, `${status}.txt`, `Edition ${status}.`))
        assert.notStrictEqual(job.error_code, null)
      }
      const { log, problems, spans, tables } = yield* stack.stop
      assert.include(log, "PARSER_AUTH")
      assertUnseen(secrets, { log, problems, spans, tables: [...tables.values()].join("\n") })
    }).pipe(Effect.provide(NodeServices.layer)),
  180_000
)
