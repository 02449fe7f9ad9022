import { it } from "@effect/vitest"
import { Effect, Fiber } from "effect"
import { assert, describe } from "vitest"
import type { JobView } from "../../src/api/jobs.ts"
import { DocumentId } from "../../src/domain/Ids.ts"
import { runCli, spawnCli } from "../support/harness/runCli.ts"
import { serveApiStub } from "../support/stubs/ApiStub.ts"
import { aJob, failedJob } from "../support/stubs/cannedJob.ts"

const unused = "99999999-9999-4999-8999-999999999999"
const lines = (text: string) => text.trim().split("\n")

/** No stack on this machine is looked at. */
const elsewhere = ["llamaparse", "openai", "dashboard"].flatMap((name) => [`--${name}-url`, "https://elsewhere.test"])

describe("the command line", () => {
  it.live("the command line prints its help on stdout and exits with 0", () =>
    Effect.gen(function*() {
      const { code, stderr, stdout } = yield* spawnCli(["--help"])
      assert.strictEqual(code, 0)
      assert.include(stdout, "ingest")
      assert.strictEqual(stderr, "")
    }))

  it.live("the command line exits with 2 on a usage error, with nothing on stdout", () =>
    Effect.gen(function*() {
      const { code, stderr, stdout } = yield* runCli(["jobs", "lits"])
      assert.strictEqual(code, 2)
      assert.strictEqual(stdout, "")
      assert.match(stderr, /USAGE: Unknown subcommand "lits".*Did you mean this\? list/u)
    }))

  it.live("the command line says where it expected the API and how to start it", () =>
    Effect.gen(function*() {
      const { code, stderr } = yield* runCli(["jobs", "list"], { env: { ACCESSA_URL: "http://127.0.0.1:1" } })
      assert.strictEqual(code, 1)
      assert.match(stderr, /API_UNREACHABLE: No response from http:\/\/127\.0\.0\.1:1\..*`pnpm start`/u)
    }))

  it.live("the command line prints a failure as JSON on stderr with --json", () =>
    Effect.gen(function*() {
      const { url } = yield* serveApiStub()
      const { code, stderr, stdout } = yield* spawnCli(["--json", "jobs", "show", unused], {
        env: { ACCESSA_URL: url.href }
      })
      assert.strictEqual(code, 3)
      assert.strictEqual(stdout, "")
      assert.deepInclude(JSON.parse(stderr).error, { code: "JOB_NOT_FOUND", exit_code: 3 })
    }))

  it.live("the command line prints a refused request with its code, what to do and the correlation id", () =>
    Effect.gen(function*() {
      const { url } = yield* serveApiStub()
      const { code, stderr } = yield* runCli(["jobs", "list", "--filename", "refuse", "--url", url.href])
      assert.strictEqual(code, 1)
      assert.match(stderr, /BAD_REQUEST: .*\/query\/filename: too odd · .*correlation id 11111111-/u)
    }))
})

describe("jobs", () => {
  it.live("jobs that a filter leaves out are not said to be missing", () =>
    Effect.gen(function*() {
      const { url } = yield* serveApiStub()
      const list = (...args: ReadonlyArray<string>) => runCli(["jobs", "list", ...args, "--url", url.href])
      assert.strictEqual((yield* list("--status", "complete")).stderr, "No job matches.\n")
      assert.match((yield* list()).stderr, /^You have no jobs\. .*--filter\.\n$/u)
      assert.include((yield* list("--limit", "0")).stderr, ": \"0\". Expected a value between 1 and 200 · See")
    }))

  it.live("jobs are listed in a table with whole ids for scripts, and in JSON as the API returns them", () =>
    Effect.gen(function*() {
      const job = failedJob({ filename: "a\u001b[2Jb.pdf" })
      const { url } = yield* serveApiStub({ jobs: [job, aJob({ status: "complete" })] })
      const table = yield* runCli(["jobs", "list", "--url", url.href])
      assert.strictEqual(table.code, 0)
      assert.match(
        lines(table.stdout)[1] ?? "",
        new RegExp(`^${job.jobId}  failed_embedding  EMBED_DIM_MISMATCH.*  ab\\.pdf$`, "u")
      )
      const json = yield* runCli(["jobs", "list", "--json", "--status", "failed_embedding", "--url", url.href])
      const [only, ...others] = JSON.parse(json.stdout).jobs
      assert.deepInclude(only, { job_id: job.jobId, status: "failed_embedding", error_code: "EMBED_DIM_MISMATCH" })
      assert.lengthOf(others, 0)
    }))

  it.live("jobs are looked up on the next page if a filter finds none on this one", () =>
    Effect.gen(function*() {
      const job = aJob({ status: "complete" })
      const { url } = yield* serveApiStub({ jobs: [job] })
      const { stdout } = yield* runCli(["jobs", "list", "--json", "--filename", "far", "--url", url.href])
      assert.deepStrictEqual(JSON.parse(stdout).jobs.map((found: typeof JobView.Encoded) => found.job_id), [job.jobId])
    }))

  it.live("jobs are listed page after page with --all, and from a cursor on with --cursor", () =>
    Effect.gen(function*() {
      const jobs = Array.from({ length: 450 }, (_, index) => aJob({ status: "complete", filename: `${index}.md` }))
      const { url } = yield* serveApiStub({ jobs, pageByCursor: true })
      const list = (...flags: ReadonlyArray<string>) => runCli(["jobs", "list", ...flags, "--url", url.href])
      assert.lengthOf(JSON.parse((yield* list("--all", "--json")).stdout).jobs, 450)
      const first = yield* list("--limit", "3")
      assert.lengthOf(lines(first.stdout), 4)
      const cursor = /--cursor (\S+),/u.exec(first.stderr)?.[1] ?? ""
      const { stdout } = yield* list("--limit", "2", "--json", "--cursor", cursor)
      const names = JSON.parse(stdout).jobs.map((job: typeof JobView.Encoded) => job.filename)
      assert.deepStrictEqual(names, ["3.md", "4.md"])
    }))

  it.live("jobs are shown with their history, by the first characters of the id", () =>
    Effect.gen(function*() {
      const job = aJob({ status: "complete" })
      const { url } = yield* serveApiStub({ jobs: [job] })
      const shown = yield* runCli(["jobs", "show", job.jobId.slice(0, 8), "--url", url.href])
      assert.strictEqual(shown.code, 0)
      assert.match(shown.stdout, /\d\d:\d\d:\d\dZ .*chunks_stored → embedding_in_progress/u, "in UTC, as in the logs")
      const json = yield* runCli(["jobs", "show", job.jobId, "--json", "--url", url.href])
      assert.lengthOf(JSON.parse(json.stdout).history, 5)
    }))

  it.live("jobs are watched to the end, and a failure is exit code 1", () =>
    Effect.gen(function*() {
      const job = failedJob()
      const { url } = yield* serveApiStub({ jobs: [job] })
      const { code, stderr, stdout } = yield* runCli(["jobs", "watch", job.jobId, "--url", url.href])
      assert.strictEqual(code, 1)
      assert.match(
        stdout,
        /✗ report\.pdf {2}failed_embedding EMBED_DIM_MISMATCH \(permanent\): .* Kept: 1,024 chunks\. Paid: \$0\. Next: /u
      )
      assert.include(stderr, "JOB_FAILED")
    }))

  it.live("jobs are still watched after the API restarts, without duplicate events", () =>
    Effect.gen(function*() {
      const job = aJob({ status: "chunks_stored" })
      const first = yield* Effect.scoped(Effect.gen(function*() {
        const stub = yield* serveApiStub({ jobs: [job], stuck: true })
        const ran = yield* Effect.forkDetach(runCli(["jobs", "watch", job.jobId, "--json", "--url", stub.url.href]))
        yield* stub.watched
        return { ran, port: Number(stub.url.port) }
      }))
      yield* serveApiStub({ port: first.port, jobs: [{ ...job, status: "complete" }] })
      const { code, stdout } = yield* Fiber.join(first.ran)
      assert.strictEqual(code, 0)
      assert.deepStrictEqual(lines(stdout).map((line) => JSON.parse(line).event_id), [1, 2, 3, 4, 5])
    }))

  it.live("jobs are retried one after the other, and a refusal does not stop the rest", () =>
    Effect.gen(function*() {
      const [good, bad] = [failedJob(), aJob({ status: "complete" })]
      const { url } = yield* serveApiStub({ jobs: [good, bad] })
      const { code, stderr, stdout } = yield* runCli([
        "jobs",
        "retry",
        bad.jobId,
        good.jobId,
        "--json",
        "--url",
        url.href
      ])
      assert.strictEqual(code, 1)
      assert.strictEqual(JSON.parse(stdout).job_id, good.jobId)
      assert.include(stderr, "JOB_NOT_RETRYABLE")
    }))

  it.live("jobs have a receipt, and a failed check is exit code 1", () =>
    Effect.gen(function*() {
      const [good, bad] = [aJob({ status: "complete" }), aJob()]
      const { url } = yield* serveApiStub({ jobs: [good, bad] })
      assert.strictEqual((yield* runCli(["receipt", good.jobId, "--url", url.href])).code, 0)
      const { code, stderr } = yield* runCli(["receipt", bad.jobId, "--url", url.href])
      assert.strictEqual(code, 1)
      assert.include(stderr, "vectors_match_chunks")
    }))
})

describe("reading", () => {
  it.live("prints passages without terminal control sequences", () =>
    Effect.gen(function*() {
      const { url } = yield* serveApiStub()
      const { code, stdout } = yield* runCli(["search", "cover", "--url", url.href])
      assert.strictEqual(code, 0)
      assert.match(stdout, /0\.500 {2}report\.pdf {2}page 3 {2}Cover\n +Text number 0/u)
    }))

  it.live("prints a document's chunks from all pages", () =>
    Effect.gen(function*() {
      const { url } = yield* serveApiStub()
      const { stdout } = yield* runCli(["chunks", unused, "--json", "--url", url.href])
      assert.deepStrictEqual(lines(stdout).map((line) => JSON.parse(line).ordinal), [0, 1])
    }))

  it.live("takes the id of a document or of its job, whole or shortened, to list chunks and to search in it", () =>
    Effect.gen(function*() {
      const documentId = DocumentId.make("abcdef01-2345-4678-9abc-def012345678")
      const job = aJob({ status: "complete", documentId })
      const { asked, url } = yield* serveApiStub({ jobs: [job, aJob()] })
      for (const id of [documentId, documentId.slice(0, 8), job.jobId, job.jobId.slice(0, 13)]) {
        assert.strictEqual((yield* runCli(["chunks", id, "--limit", "1", "--url", url.href])).code, 0, id)
        assert.strictEqual((yield* runCli(["search", "x", "--document", id, "--url", url.href])).code, 0, id)
      }
      assert.deepStrictEqual(asked, Array(8).fill(documentId))
    }))

  it.live("reports a stack without a worker as unhealthy, and says what to do", () =>
    Effect.gen(function*() {
      const { url } = yield* serveApiStub({ ready: false })
      const { code, stdout } = yield* runCli(["doctor", "--json", "--url", url.href, ...elsewhere])
      assert.strictEqual(code, 1)
      const worker = JSON.parse(stdout).checks.find((check: { readonly name: string }) => check.name === "worker")
      assert.deepInclude(worker, { ok: false, found: "no heartbeat" })
      assert.include(worker.repair, "pnpm worker")
    }))

  it.live("finds a file that a document names and the storage lacks", () =>
    Effect.gen(function*() {
      const files = Effect.fnUntraced(function*(lost?: string) {
        const { url } = yield* serveApiStub(lost === undefined ? {} : { lost })
        const { code, stdout } = yield* runCli(["doctor", "--json", "--url", url.href, ...elsewhere])
        const found = JSON.parse(stdout).checks.find((check: { readonly name: string }) => check.name === "files")
        return { code, ...found }
      })
      assert.deepInclude(yield* files(), { code: 0, ok: true, found: "the files of 2 documents are there" })
      const lost = yield* files("raw/user/policy.pdf")
      assert.deepInclude(lost, { code: 1, ok: false })
      assert.match(lost.found, /raw\/user\/policy.pdf of document .* is missing/)
    }))
})
