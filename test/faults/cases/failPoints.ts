/** A worker is killed at every point where something becomes durable or is bought. */
import { Clock, Effect, type Scope } from "effect"
import { type Case, type CaseServices, Unexpected } from "../Case.ts"
import { accept, longText } from "../documents.ts"
import { at, type FailPoint, failPointsOf, isBackground, nameOf } from "../FailPoint.ts"
import { count, must, untilComplete, untilCount } from "../judge.ts"
import type { Process } from "../Process.ts"
import { startProxy } from "../Proxy.ts"
import { watchRequests } from "../requests.ts"
import { hostedParser } from "../stack.ts"
import { type Observer, watchStatements } from "../Statements.ts"
import { World } from "../World.ts"

export const cases: ReadonlyArray<Case> = [
  {
    id: "F1",
    title: "kill -9 of the worker right before and right after every statement and every provider call",
    expected:
      "Each time the next worker completes the document within 45 s, with nothing lost and nothing stored twice.",
    needs: ["postgres"],
    minutes: 30,
    run: Effect.gen(function*() {
      const { seed } = yield* World
      const stack = yield* watchedStack(2)
      const { start, watch } = stack
      const passed: Array<string> = []
      let worker: Process = yield* start
      yield* watch({
        before: (what) => {
          if (!isBackground(what)) passed.push(what)
        }
      })
      yield* untilComplete(yield* accept(longText(sections, seed)))
      yield* watch({})
      const points = failPointsOf(passed)
      yield* must(points.length >= 30, `Only ${points.length} points were found.`)
      const recoveries: Array<number> = []
      const missed: Array<string> = []
      for (const [index, point] of points.entries()) {
        const died = yield* killAt(point, worker, stack, longText(sections, seed + index + 1))
        if (died === undefined) {
          missed.push(nameOf(point))
          continue
        }
        worker = yield* start
        yield* untilComplete(died.job, "45 seconds").pipe(
          Effect.mapError((error) => new Unexpected({ message: `${nameOf(point)}: ${error}` }))
        )
        recoveries.push((yield* Clock.currentTimeMillis) - died.at)
      }
      yield* must(missed.length <= points.length / 4, `These points were not reached again: ${missed.join("; ")}.`)
      const slowest = Math.max(...recoveries) / 1000
      return `${recoveries.length} of ${points.length} points; the slowest document was complete ${
        slowest.toFixed(1)
      } s after the kill.`
    })
  },
  {
    id: "F1b",
    title: "kill -9 of the worker between the documents attached to a mail",
    expected: "The next worker continues: each attached file is a document exactly once, and complete.",
    needs: ["postgres"],
    run: Effect.gen(function*() {
      const { seed } = yield* World
      const { drop, start, watch } = yield* watchedStack(10)
      const worker: Process = yield* start
      let accepted = 0
      yield* watch({
        before: (what) => {
          if (!/INSERT INTO documents/.test(what) || ++accepted <= attached / 2) return
          Effect.runFork(worker.kill)
          return new Promise<void>(() => {})
        }
      })
      const mail = yield* accept(mailWith(attached, seed), { filename: "claim.eml", mediaType: "message/rfc822" })
      yield* worker.exited
      yield* watch({})
      yield* drop
      const children = `FROM documents WHERE parent_document_id = '${mail.document_id}'`
      const before = yield* count(`SELECT count(*) ${children}`)
      yield* must(before > 0 && before < attached, `The worker died with ${before} of ${attached} documents.`)
      yield* start
      yield* untilComplete(mail)
      yield* untilCount(
        "complete attached documents",
        `SELECT count(*) FROM upload_jobs WHERE status = 'complete' AND document_id IN (SELECT document_id ${children})`,
        (complete) => complete === attached
      )
      const names = yield* count(`SELECT count(DISTINCT filename) ${children}`)
      const all = yield* count(`SELECT count(*) ${children}`)
      yield* must(names === attached && all === attached, `There are ${all} documents with ${names} names.`)
      return `${before} of ${attached} at the kill; afterwards each once, and complete.`
    })
  }
]

const attached = 12

const mailWith = (files: number, seed: number): string =>
  [
    `Subject: Claim ${seed}\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=part\r\n`,
    "--part\r\nContent-Type: text/plain\r\n\r\nThe estimates are attached.",
    ...Array.from(
      { length: files },
      (_, n) =>
        `--part\r\nContent-Type: text/plain\r\nContent-Disposition: attachment; filename=estimate-${n}.txt\r\n\r\n` +
        `Estimate ${seed}-${n} for the roof.`
    ),
    "--part--\r\n"
  ].join("\r\n")

/** Long enough that every stage is written separately and more than one call is needed. */
const sections = 520

/** A worker whose connections all go through a proxy. */
const watchedStack = Effect.fnUntraced(function*(leaseSeconds: number) {
  const { databaseUrl = "", start, urls } = yield* World
  const hosted = yield* hostedParser
  yield* start("mock-openai")
  yield* start("mock-llamaparse", hosted)
  const url = new URL(databaseUrl)
  const database = yield* startProxy(Number(url.port))
  const parser = yield* startProxy(Number(urls.llamaparse.port))
  const embedder = yield* startProxy(Number(urls.openai.port))
  url.port = String(database.port)
  const settings = {
    ...hosted,
    DATABASE_URL: url.href,
    LLAMAPARSE_API_URL: `http://127.0.0.1:${parser.port}`,
    OPENAI_API_URL: `http://127.0.0.1:${embedder.port}/v1`,
    WORKER_LEASE_SECONDS: String(leaseSeconds),
    WORKER_HEARTBEAT_SECONDS: "0.5"
  }
  let observer: Observer = {}
  const current: Observer = { before: (what) => observer.before?.(what), after: (what) => observer.after?.(what) }
  yield* database.watch(watchStatements(current))
  yield* parser.watch(watchRequests(current))
  yield* embedder.watch(watchRequests(current))
  return {
    start: start("worker", settings),
    /** What the kernel does to the connections of a process that dies. */
    drop: Effect.all([database.reset, parser.reset, embedder.reset], { discard: true }),
    watch: (next: Observer) =>
      Effect.sync(() => {
        observer = next
      })
  }
})

/** Undefined if the document was complete before the point was reached. */
const killAt = (
  point: FailPoint,
  worker: Process,
  { drop, watch }: { readonly drop: Effect.Effect<void>; readonly watch: (observer: Observer) => Effect.Effect<void> },
  text: string
): Effect.Effect<
  { readonly job: { readonly job_id: string }; readonly at: number } | undefined,
  unknown,
  CaseServices | Scope.Scope
> =>
  Effect.gen(function*() {
    let killed = false
    yield* watch(at(point, () => {
      killed = true
      Effect.runFork(worker.kill)
    }))
    const job = yield* accept(text)
    const finished = Effect.as(untilComplete(job), "complete" as const)
    const end = yield* Effect.raceFirst(Effect.as(worker.exited, "dead" as const), finished)
    yield* watch({})
    if (end === "complete" && !killed) return undefined
    yield* worker.exited
    yield* drop
    return { job, at: yield* Clock.currentTimeMillis }
  })
