/** Documents that contain private data. */
import { Effect, FileSystem } from "effect"
import { SqlClient } from "effect/sql"
import { Canary } from "../../privacy/Canary.ts"
import { makePdf } from "../../support/builders/makePdf.ts"
import { serveStub } from "../../support/stubs/HttpStub.ts"
import { startApi } from "../api.ts"
import { type Case, Unexpected } from "../Case.ts"
import { must, untilEnded } from "../judge.ts"
import type { Process } from "../Process.ts"
import { World } from "../World.ts"

const secrets = [
  new Canary("a person's name", (digits) => `Anna ${digits} Meier`),
  new Canary("an account", (digits) => `IBAN DE${digits}`),
  new Canary("an address", (digits) => `anna.${digits}@example.com`),
  new Canary("a provider's key", (digits) => `${["sk", "proj"].join("-")}-${digits}`),
  new Canary("a password", (digits) => `password=${digits}`)
]
const letter = `# Claim\n\n${secrets.map(({ value }) => `The policy holder wrote: ${value}.`).join("\n\n")}\n`

const canaryIn = (text: string) => secrets.map((canary) => canary.findIn(text)).find((found) => found !== undefined)

/** Every row but the chunks, as text. */
const otherRows = Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  const tables = yield* sql<{ readonly name: string }>`
    SELECT relname::text AS name FROM pg_class
    WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace AND relname <> 'document_chunk_buffer'`
  const rows = yield* Effect.forEach(
    tables,
    ({ name }) => sql<{ readonly row: string }>`SELECT ${name} || t::text AS row FROM ${sql(name)} t`
  )
  return rows.flat().map(({ row }) => row).join("\n")
})

/** Including its last output. */
const end = (process: Process) => Effect.andThen(process.signal("SIGTERM"), process.exited)

export const cases: ReadonlyArray<Case> = [
  {
    id: "B36",
    title: "names, accounts, keys and passwords in documents, of which one completes and others fail at a "
      + "provider that repeats them",
    expected:
      "They are in the chunks and nowhere else: not in a log, a span, an answer about the failure, or another table.",
    needs: ["postgres"],
    run: Effect.gen(function*() {
      const { directory, start } = yield* World
      const fs = yield* FileSystem.FileSystem
      const spans: Array<string> = []
      const collector = yield* serveStub(({ body }) => {
        spans.push(body.toString("utf8"))
        return { status: 200, body: {} }
      })
      // A provider that repeats its input.
      const parrot = yield* serveStub(({ body }) => ({
        status: 400,
        headers: { "x-request-id": "req-1" },
        body: { error: { message: body.toString("utf8"), type: "invalid_request_error", code: null } }
      }))
      const settings = { OTEL_EXPORTER_OTLP_ENDPOINT: collector.href, LOG_LEVEL: "All" }
      const api = yield* startApi({ settings })
      yield* start("mock-openai")
      const worker = yield* start("worker", settings)
      const complete = yield* api.ingest("a.md", letter)
      yield* must(complete.status === "complete", `It ended as ${complete.status} (${complete.code}).`)
      const chunks = yield* api.ask(`/api/v1/documents/${complete.document_id}/chunks`)
      yield* must(canaryIn(chunks.text) !== undefined, "The chunks do not contain it, so the case proves nothing.")
      yield* end(worker)

      const unlucky = yield* start("worker", { ...settings, OPENAI_API_URL: new URL("/v1", parrot).href })
      const refused = yield* api.ingest("b.md", `${letter}\nSecond edition.\n`)
      yield* must(refused.status === "failed_embedding", `It ended as ${refused.status} (${refused.code}).`)
      const pdf = makePdf([[{ text: secrets.map(({ value }) => value).join(" "), x: 50, y: 700 }]])
      const broken = yield* api.ingest("c.pdf", new Uint8Array(pdf.subarray(0, pdf.length - 400)))
      const answers = yield* Effect.forEach([
        ...[complete, refused, broken].flatMap(({ job_id }) =>
          [`jobs/${job_id}`, `jobs/${job_id}/explain`, `jobs/${job_id}/receipt`].map((path) => ({ path, init: {} }))
        ),
        { path: `jobs/${complete.job_id}/retry`, init: { method: "POST" } },
        { path: "documents", init: { method: "POST", body: letter, headers: { "content-type": "text/markdown" } } },
        { path: "search", init: { method: "POST", body: letter, headers: { "content-type": "application/json" } } }
      ], ({ init, path }) => api.ask(`/api/v1/${path}`, init))
      const problems = answers.filter(({ status }) => status >= 400).length
      yield* must(problems >= 3, `Only ${problems} answers are problems.`)
      // Once more, with a worker that logs it while stopping.
      yield* api.ask(`/api/v1/jobs/${refused.job_id}/retry`, { method: "POST" })
      yield* untilEnded(refused)
      yield* end(unlucky)
      yield* end(api.process)

      const logs = yield* Effect.forEach(
        yield* fs.readDirectory(`${directory}/logs`),
        (name) => fs.readFileString(`${directory}/logs/${name}`)
      )
      yield* must(logs.join("").includes(refused.job_id), "The logs do not mention the job.")
      yield* must(spans.join("").includes("stage."), "No span was exported.")
      const places = {
        "a log": logs.join("\n"),
        "a span": spans.join("\n"),
        "an answer": answers.map(({ headers, text }) => JSON.stringify([...headers]) + text).join("\n"),
        "another table": yield* otherRows
      }
      for (const [place, text] of Object.entries(places)) {
        const found = canaryIn(text)
        if (found !== undefined) return yield* new Unexpected({ message: `In ${place}: ${found}` })
      }
      return `One complete, ${refused.code} and ${broken.status} (${broken.code}); none of ${secrets.length} in `
        + `${Object.keys(places).length} kinds of places.`
    })
  }
]
