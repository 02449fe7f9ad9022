/** An API that accepts connections, and takes or answers nothing more: no command waits for it forever. */
import { NodeServices } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { Deferred, Effect, Fiber, FileSystem } from "effect"
import { TestClock } from "effect/testing"
import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import { runCli } from "../support/harness/runCli.ts"
import { serveApiStub } from "../support/stubs/ApiStub.ts"
import { aJob } from "../support/stubs/cannedJob.ts"

const serve = Effect.fnUntraced(function*(handle: (request: IncomingMessage, response: ServerResponse) => void) {
  const server = createServer(handle)
  yield* Effect.callback<void>((resume) => void server.listen(0, "127.0.0.1", () => resume(Effect.void)))
  yield* Effect.addFinalizer(() => Effect.sync(() => void server.close().closeAllConnections()))
  const address = server.address()
  return `http://127.0.0.1:${typeof address === "object" ? address?.port : undefined}`
})

const job = aJob()

/** Answers reads as an API that works. */
const reading = Effect.gen(function*() {
  const stub = yield* serveApiStub({ jobs: [job] })
  return async (request: IncomingMessage, response: ServerResponse) => {
    const answer = await fetch(new URL(request.url ?? "", stub.url))
    response.writeHead(answer.status, { "content-type": answer.headers.get("content-type") ?? "" })
    response.end(await answer.text())
  }
})

/** A command against an API that hangs, until it gives up; with the minutes that it took. */
const given = Effect.fnUntraced(function*(...args: ReadonlyArray<string>) {
  const asked = yield* Deferred.make<void>()
  const url = yield* serve(() => Deferred.doneUnsafe(asked, Effect.void))
  return yield* untilGivenUp(asked, url, args)
})

/** The same if it still answers reads. */
const writeGiven = Effect.fnUntraced(function*(...args: ReadonlyArray<string>) {
  const asked = yield* Deferred.make<void>()
  const read = yield* reading
  const url = yield* serve((request, response) =>
    request.method === "GET" ? void read(request, response) : void Deferred.doneUnsafe(asked, Effect.void)
  )
  return yield* untilGivenUp(asked, url, args)
})

const untilGivenUp = Effect.fnUntraced(function*(
  asked: Deferred.Deferred<void>,
  url: string,
  args: ReadonlyArray<string>
) {
  const running = yield* Effect.forkChild(runCli([...args, "--url", url]))
  yield* Effect.raceFirst(Deferred.await(asked), Fiber.await(running))
  let minutes = 0
  while (running.pollUnsafe() === undefined) {
    yield* TestClock.adjust("1 minute")
    minutes++
    yield* TestClock.withLive(Effect.sleep("20 millis"))
  }
  const ended = yield* Fiber.join(running)
  return { ...ended, minutes, url }
})

const aFile = Effect.fnUntraced(function*(size: number) {
  const fs = yield* FileSystem.FileSystem
  const path = `${yield* fs.makeTempDirectoryScoped()}/terms.txt`
  yield* fs.writeFile(path, new Uint8Array(size).fill(97))
  return path
})

const unknown = "It may have been carried out all the same, or still be."

describe("an API that hangs", () => {
  it.effect("is given up by a read and by a search after a minute", () =>
    Effect.gen(function*() {
      for (const args of [["jobs", "list"], ["search", "roof"]]) {
        const { code, minutes, stderr, url } = yield* given(...args)
        assert.deepStrictEqual([code, minutes], [5, 1])
        assert.include(stderr, `API_SILENT: ${url} took the request, but did not answer within 1 m.`)
        assert.notInclude(stderr, unknown)
      }
    }).pipe(Effect.scoped))

  it.effect("is given up by a write, which says that it may have taken effect", () =>
    Effect.gen(function*() {
      const cancelled = yield* writeGiven("jobs", "cancel", job.jobId)
      assert.deepStrictEqual([cancelled.code, cancelled.minutes], [5, 1])
      assert.include(cancelled.stderr, `did not answer within 1 m. ${unknown}`)
      assert.include(cancelled.stderr, "Before you repeat the command, check whether it had an effect.")
    }).pipe(Effect.scoped))

  it.effect("is given up by a deletion only after the longest that a large one takes", () =>
    Effect.gen(function*() {
      const { code, minutes, stderr } = yield* writeGiven("users", "erase", job.userId, "--reason", "left", "--yes")
      assert.deepStrictEqual([code, minutes], [5, 10])
      assert.include(stderr, `did not answer within 10 m. ${unknown}`)
    }).pipe(Effect.scoped))

  it.effect("is given up by an upload after a few attempts", () =>
    Effect.gen(function*() {
      const { code, minutes, stderr } = yield* writeGiven("ingest", yield* aFile(100))
      assert.strictEqual(code, 5)
      assert.isAtMost(minutes, 5)
      assert.include(stderr, unknown)
    }).pipe(Effect.scoped, Effect.provide(NodeServices.layer)))

  it.effect("is not given up while it takes more of a file, however slowly", () =>
    Effect.gen(function*() {
      const size = 48_000_000
      const step = 8_000_000
      let received = 0
      let upload: IncomingMessage | undefined
      const read = yield* reading
      const url = yield* serve((request, response) => {
        if (request.method === "GET") return void read(request, response)
        upload = request
        request.on("data", (piece: Buffer) => {
          const before = received
          received += piece.length
          if (Math.floor(before / step) < Math.floor(received / step)) request.pause()
        })
        request.on("end", () => response.writeHead(418).end())
        request.pause()
      })
      const running = yield* Effect.forkChild(runCli(["ingest", yield* aFile(size), "--url", url]))
      for (let taken = step; running.pollUnsafe() === undefined; taken += step) {
        yield* TestClock.withLive(Effect.repeat(Effect.sleep("5 millis"), { until: () => upload !== undefined }))
        yield* TestClock.adjust("55 seconds")
        upload?.resume()
        const here = () => received >= Math.min(taken, size) || running.pollUnsafe() !== undefined
        yield* TestClock.withLive(Effect.repeat(Effect.sleep("5 millis"), { until: here }))
        // What it may send next fills the buffers in between.
        yield* TestClock.withLive(Effect.sleep("50 millis"))
      }
      const { stderr } = yield* Fiber.join(running)
      assert.isAtLeast(received, size)
      assert.notInclude(stderr, "API_SILENT")
    }).pipe(Effect.scoped, Effect.provide(NodeServices.layer)))

  it.effect("has all checks of the doctor failed within twenty seconds", () =>
    Effect.gen(function*() {
      let asked = 0
      const url = yield* serve(() => void asked++)
      const elsewhere = ["llamaparse", "openai", "dashboard"].flatMap((
        name
      ) => [`--${name}-url`, "https://elsewhere.test"])
      const running = yield* Effect.forkChild(runCli(["doctor", "--url", url, ...elsewhere]))
      yield* TestClock.withLive(Effect.repeat(Effect.sleep("5 millis"), { until: () => asked === 3 }))
      yield* TestClock.adjust("20 seconds")
      const { code, stdout } = yield* Fiber.join(running)
      assert.strictEqual(code, 1)
      const silent = (name: string) => `✗ ${name.padEnd(16)} ${url} took the request, but did not answer within 20 s.`
      for (const name of ["api", "diagnosis", "files"]) assert.include(stdout, silent(name))
    }).pipe(Effect.scoped))
})
