/** The published clients against a real stack: in Node, in a browser, and in Python with its standard library. */
import { assert } from "@effect/vitest"
import { Context, Effect, FileSystem, Layer, Schema } from "effect"
import { spawn, spawnSync } from "node:child_process"
import { env, execPath } from "node:process"
import { buildClient, serveSite } from "../clients/site.ts"
import { drive, executable, launch } from "../monitor/Browser.ts"
import { type OnStack, SharedStack } from "./SharedStack.ts"

class Clients extends Context.Service<Clients, {
  readonly api: URL
  readonly key: string
  readonly built: string
}>()("accessa/test/Clients") {}

const published = Layer.effect(
  Clients,
  Effect.gen(function*() {
    const fs = yield* FileSystem.FileSystem
    const { directory, ports } = yield* SharedStack
    return Clients.of({
      api: new URL(`http://127.0.0.1:${ports.api}`),
      key: (yield* fs.readFileString(`${directory}/local-key`)).trim(),
      built: yield* buildClient
    })
  })
)

const path = env["PATH"] ?? ""

/** Milliseconds: a client waits out a busy machine. */
const patience = 90_000

/** The same work in Node and in the browser; text, so that both run the built files. In Node, the job has ended by the time its events are read. */
const work = (source: string, url: string, key: string, word: string, first = "") => `
  const { Accessa, AccessaError } = await import(${JSON.stringify(source)})
  const accessa = new Accessa({ url: ${JSON.stringify(url)}, key: ${JSON.stringify(key)} })
  const progress = []
  const text = "# Policy\\n\\nWater damage by ${word} is covered.\\n" + "More words of the policy.\\n".repeat(4_000)
  const file = new File([text], "${word} 5\\" pipe\\u001b\\n.md")
  const job = await accessa.upload(file, { metadata: { from: "${word}" }, onProgress: (each) => progress.push(each) })
  const events = []
  ${first}
  for await (const event of accessa.events(job.job_id)) events.push(event)
  const ended = await accessa.wait(job.job_id)
  const { hits } = await accessa.search({ query: "water damage", limit: 3, document_id: job.document_id })
  const chunks = []
  for await (const chunk of accessa.chunks(job.document_id)) chunks.push(chunk)
  const refused = await accessa.request("GET", "/api/v1/jobs?statuss=complete").catch((error) => error)
  const result = {
    status: ended.status,
    receipt: (await accessa.receipt(job.job_id)).failed_checks.length,
    eventIds: events.map(({ event_id }) => event_id),
    last: events.at(-1).to_status,
    hits: hits.map(({ score }) => typeof score),
    chunks: chunks.length > 0,
    name: job.filename,
    progress: progress.length > 0 && progress.at(-1).sent >= file.size,
    refusal: refused instanceof AccessaError && refused.problem.errors[0].detail
  }`

/** Node 24 throws where no program can catch it if a form is aborted; stderr would say so. */
const aborts = `
  const isAborted = (upload) => upload.then(() => false, ({ name }) => name === "AbortError")
  const large = new Blob([new Uint8Array(8_000_000).fill(97)])
  const begun = new AbortController()
  const outcomes = [
    await isAborted(accessa.upload(large, { filename: "a.txt", signal: AbortSignal.abort() })),
    await isAborted(accessa.upload(large, { filename: "a.txt", signal: begun.signal, onProgress: () => begun.abort() })),
    await accessa.request("DELETE", "/api/v1/documents/" + job.document_id) === undefined
  ]
  if (outcomes.includes(false)) console.error(outcomes)`

const Result = Schema.fromJsonString(Schema.Struct({
  status: Schema.String,
  receipt: Schema.Int,
  eventIds: Schema.Array(Schema.Int),
  last: Schema.String,
  hits: Schema.Array(Schema.String),
  chunks: Schema.Boolean,
  progress: Schema.Boolean,
  name: Schema.String,
  refusal: Schema.Union([Schema.String, Schema.Literal(false)])
}))

const expect = Effect.fnUntraced(function*(json: string, resumed: ReadonlyArray<string>) {
  const { eventIds, name, ...rest } = yield* Schema.decodeUnknownEffect(Result)(json)
  assert.deepStrictEqual(rest, {
    status: "complete",
    receipt: 0,
    last: "complete",
    hits: ["number", "number", "number"],
    chunks: true,
    progress: true,
    refusal: "Unknown. Did you mean status?"
  })
  assert.match(name, /^\w+ 5" pipe\.md$/, "what a header cannot hold is left out")
  assert.lengthOf(new Set(eventIds), eventIds.length, "no event comes twice")
  assert.strictEqual(resumed[0], "0")
  assert.isAbove(Number(resumed[1]), 0, "the stream that was cut is resumed after the last event received")
})

/** A program of another language, while this process serves the site that it uses. */
const run = (program: string, args: ReadonlyArray<string>, env: Readonly<Record<string, string>> = {}) =>
  Effect.callback<{ readonly stdout: string; readonly stderr: string }>((resume) => {
    const child = spawn(program, args, { env: { PATH: path, ...env } })
    let stdout = ""
    let stderr = ""
    child.stdout.on("data", (part) => stdout += part)
    child.stderr.on("data", (part) => stderr += part)
    child.on("close", () => resume(Effect.succeed({ stdout, stderr })))
  })

export const clients = (it: OnStack) =>
  it.layer(published, { timeout: "2 minutes" })("a published client", (it) => {
    it.effect(
      "in Node, the client uploads with progress, resumes its events, waits, searches, and tells refusals",
      () =>
        Effect.gen(function*() {
          const { api, built, key } = yield* Clients
          const { resumed, url } = yield* serveSite(built, api)
          const script = `${
            work(`${built}/index.js`, url.href, key, "bursts", "await accessa.wait(job.job_id)")
          }\n${aborts}\nconsole.log(JSON.stringify(result))`
          const { stderr, stdout } = yield* run(execPath, ["--input-type=module", "-e", script])
          assert.strictEqual(stderr, "")
          yield* expect(stdout, resumed)
        }),
      patience
    )

    it.effect.skipIf(executable === undefined)("in a browser, the client does the same", () =>
      Effect.gen(function*() {
        const { api, built, key } = yield* Clients
        const { resumed, url } = yield* serveSite(built, api)
        const browser = yield* launch
        const page = yield* Effect.promise(() => browser.newPage())
        let json = ""
        yield* drive(page, async () => {
          await page.goto(url.href)
          json = await page.evaluate(`(async () => {${work("/index.js", url.href, key, "browsers")}
            return JSON.stringify(result) })()`)
        })
        yield* expect(json, resumed)
      }), patience)

    it.effect.skipIf(spawnSync("python3", ["--version"]).status !== 0)(
      "in Python, the client compiles, uploads, resumes its events, waits, searches, and tells refusals",
      () =>
        Effect.gen(function*() {
          const { api, built, key } = yield* Clients
          const { resumed, url } = yield* serveSite(built, api)
          const compiled = spawnSync("python3", ["-m", "compileall", "-q", "clients/python"], {
            env: { PATH: path, PYTHONPYCACHEPREFIX: built }
          })
          assert.strictEqual(compiled.status, 0, String(compiled.stdout))
          const { stderr, stdout } = yield* run("python3", ["test/clients/work.py", url.href, key], {
            PYTHONPATH: "clients/python",
            PYTHONPYCACHEPREFIX: built
          })
          assert.strictEqual(stderr, "")
          yield* expect(stdout, resumed)
        }),
      patience
    )
  })
