import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { keyOf } from "../../../support/harness/Credentials.ts"
import { runCli } from "../../../support/harness/runCli.ts"
import { formOf, TestApi, testApi } from "../../../support/harness/TestApi.ts"

const cli = (args: ReadonlyArray<string>, key = keyOf("user")) =>
  Effect.flatMap(TestApi, ({ url }) => runCli(args, { env: { ACCESSA_URL: url.href, ACCESSA_API_KEY: key } }))
const aDocument = Effect.gen(function*() {
  const { upload } = yield* TestApi
  const { body } = yield* upload(formOf("a.txt", "some text"), { authorization: `Bearer ${keyOf("user")}` })
  return { job: String(body["job_id"]), document: String(body["document_id"]) }
})

describe("accessa documents delete", () => {
  it.live("deletes nothing without --yes where there is no terminal to ask on", () =>
    Effect.gen(function*() {
      const { document, job } = yield* aDocument
      const asked = yield* cli(["documents", "delete", document])
      assert.strictEqual(asked.code, 2)
      assert.include(asked.stderr, "NOT_CONFIRMED")
      assert.strictEqual((yield* cli(["jobs", "show", job])).code, 0)
    }).pipe(Effect.provide(testApi())))

  it.live("deletes with --yes by the first characters of the id, and confirms that it is gone", () =>
    Effect.gen(function*() {
      const { document, job } = yield* aDocument
      const gone = yield* cli(["documents", "delete", document.slice(0, 8), "--yes", "--reason", "the owner asked"])
      assert.strictEqual(gone.code, 0)
      assert.include(gone.stdout, "a.txt is deleted.")
      assert.strictEqual((yield* cli(["jobs", "show", job])).code, 3)
    }).pipe(Effect.provide(testApi())))
})
