/** The running system, with a canary in every secret and in the documents: neither appears where it must not. */
import { NodeServices } from "@effect/platform-node"
import { assert, it } from "@effect/vitest"
import { Effect, Option, Schema } from "effect"
import { makePdf } from "../support/builders/makePdf.ts"
import { runCli } from "../support/harness/runCli.ts"
import { serveStub, type StubRequest } from "../support/stubs/HttpStub.ts"
import { assertUnseen, ended, environment, everything, type Job, secrets, upload } from "./canaries.ts"
import { Canary } from "./Canary.ts"
import { startWatched, type WatchedStack } from "./WatchedStack.ts"

const credential = new Canary("a caller's credential")
const signature = new Canary("a callback's signature")
const question = new Canary("a question")

/** Whatever a caller may send by mistake or on purpose. */
const callers = Effect.fnUntraced(function*(stack: WatchedStack, { job_id }: Job) {
  const headers = {
    authorization: `Bearer ${credential.value}`,
    "x-api-key": credential.value,
    cookie: `session=${credential.value}`,
    "lc-signature": `sha256=${signature.value}`,
    "idempotency-key": credential.value
  }
  const json = { ...headers, "content-type": "application/json" }
  for (
    const path of [`/api/v1/jobs/${job_id}`, "/api/v1/jobs?limit=0", "/api/v1/nowhere", "/health/ready", "/docs/x"]
  ) {
    yield* stack.ask(path, { headers })
  }
  yield* stack.ask("/api/v1/search", { method: "POST", headers: json, body: JSON.stringify({ query: question.value }) })
  yield* stack.ask("/api/v1/search", { method: "POST", headers: json, body: "{" })
  yield* stack.ask(`/webhooks/llamaparse/${job_id}`, { method: "POST", headers: json, body: "{}" })
  yield* stack.ask("/api/v1/documents", { method: "POST", headers: json, body: "{}" })
})

const commands = (stack: WatchedStack, { job_id }: Job) =>
  Effect.map(
    Effect.forEach(
      [
        ["jobs", "list"],
        ["jobs", "show", job_id],
        ["jobs", "explain", job_id, "--json"],
        ["doctor"],
        ["search", "water"]
      ],
      (args) => runCli(args, { env: { ...environment, ACCESSA_URL: stack.api.href, ACCESSA_DATA_DIR: stack.dataDir } })
    ),
    (runs) => runs.map(({ stderr, stdout }) => stdout + stderr).join("\n")
  )

it.live(
  "no secret and no document text is in the log, a span, a problem or the wrong table",
  () =>
    Effect.gen(function*() {
      const text = new Canary("a document's text", (digits) => `policy ${digits} number`)
      let refusal: number | undefined
      const openai = yield* serveStub((request) => refusal === undefined ? vectors(request) : refuse(request, refusal))
      const stack = yield* startWatched({
        ...environment,
        PARSER: "local",
        LOG_FORMAT: "json",
        OPENAI_API_URL: new URL("/v1", openai).href
      })
      const paragraph = `# Cover\n\nThe insured holds ${text.value}.\n\n![](http://${text.value}.example)\n`
      const complete = yield* ended(stack, yield* upload(stack, "a.md", paragraph))
      assert.strictEqual(complete.status, "complete")
      const found = yield* stack.ask(`/api/v1/documents/${complete.document_id}/chunks`)
      assert.isDefined(text.findIn(found.text), "the text is where it belongs, otherwise this test proves nothing")

      for (const status of [400, 401, 403, 404, 429, 500]) {
        refusal = status
        const job = yield* ended(stack, yield* upload(stack, "b.md", `${paragraph}\nEdition ${status}.`))
        assert.notStrictEqual(job.error_code, null)
      }
      refusal = undefined
      const broken = makePdf([[{ text: text.value, x: 50, y: 700 }]]).subarray(0, 900)
      yield* ended(stack, yield* upload(stack, "c.pdf", Buffer.from(broken)))
      const page = `<html><body><script>${text.value}</script></body></html>`
      yield* ended(stack, yield* upload(stack, "d.html", page))
      yield* callers(stack, complete)
      const cli = yield* commands(stack, complete)

      const { log, problems, spans, tables } = yield* stack.stop
      assert.include(log, "Request served")
      for (const line of log.trim().split("\n")) {
        const record = JSON.parse(line)
        assert.notInclude(line, "forged line", "a file's name cannot forge a log line")
        if (["Request served", "Request failed"].includes(record.message) || "job_id" in record) {
          assert.match(record.correlation_id, /^[0-9a-f-]{36}$/, line)
        }
      }
      assert.include(spans, "stage.vectors")
      assert.include([...tables.keys()], "document_chunk_buffer")
      const notChunks = [...tables].filter(([name]) => name !== "document_chunk_buffer").map(([, rows]) => rows).join(
        "\n"
      )
      const sent = [credential, signature, question]
      assertUnseen([...secrets, ...sent, text], { log, spans, problems, notChunks })
      assertUnseen([...secrets, ...sent], {
        cli,
        chunks: Option.getOrThrow(Option.fromNullishOr(tables.get("document_chunk_buffer")))
      })
    }).pipe(Effect.provide(NodeServices.layer)),
  180_000
)

const Inputs = Schema.fromJsonString(Schema.Struct({ input: Schema.Array(Schema.String) }))

const vectors = ({ body }: StubRequest) => {
  const { input } = Schema.decodeUnknownSync(Inputs)(body.toString("utf8"))
  const embedding = Buffer.from(new Float32Array(1536).fill(1).buffer).toString("base64")
  const data = input.map((_, index) => ({ object: "embedding", index, embedding }))
  return { status: 200, body: { object: "list", data, model: "m", usage: { prompt_tokens: 1, total_tokens: 1 } } }
}

const refuse = (request: StubRequest, status: number) => ({
  status,
  headers: { "x-request-id": everything(request).replaceAll(/[^ -~]/g, "").slice(0, 1_000) },
  body: { error: { message: everything(request), type: "invalid_request_error", code: null } }
})
