/** A few parsing threads, started when needed, used again, and replaced when a document hangs one or breaks it. */
import { Deferred, Duration, Effect, Exit, Option, Pool, Schema, type Scope } from "effect"
import { Worker } from "node:worker_threads"
import { ErrorCode } from "../../../src/domain/ErrorCode.ts"
import { PermanentError } from "../../../src/domain/StageError.ts"
import type { PdfLimits } from "./parsePdf.ts"

export interface ParsePoolOptions {
  /** How many documents are parsed at once. */
  readonly workers: number
  readonly timeLimit: Duration.Input
  /** More for each page that has to be read by OCR. */
  readonly timePerScan: Duration.Input
  /** Of one thread, for its JavaScript heap and for its buffers each. */
  readonly memoryLimitMb: number
}

export interface ParseTask {
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly filename: string
  readonly limits: PdfLimits
  /** For OCR, by their codes at Tesseract. */
  readonly languages: ReadonlyArray<string>
}

const Parsed = Schema.TaggedStruct("Parsed", { markdown: Schema.String, pages: Schema.Int })

const ParseReply = Schema.Union([
  Parsed,
  Schema.TaggedStruct("Refused", { code: ErrorCode, message: Schema.String, cause: Schema.optionalKey(Schema.Unknown) })
])
export type ParseReply = typeof ParseReply.Type

/** Comes before the reply: so many pages are now read by OCR. */
const Reading = Schema.TaggedStruct("Reading", { pages: Schema.Int })

export type ParseMessage = ParseReply | typeof Reading.Type

const decodeReply = Schema.decodeUnknownEffect(ParseReply)
const isReading = Schema.is(Reading)

export const makeParsePool = Effect.fnUntraced(function*(options: ParsePoolOptions) {
  const pool = yield* Pool.makeWithTTL({
    acquire: startWorker(options.memoryLimitMb),
    min: 0,
    max: options.workers,
    timeToLive: "1 minute"
  })
  const timeLimit = Duration.fromInputUnsafe(options.timeLimit)
  const timePerScan = Duration.fromInputUnsafe(options.timePerScan)

  const isDead = (worker: Worker) => worker.threadId === -1
  const living = Pool.get(pool).pipe(
    Effect.tap((worker) => isDead(worker) ? Pool.invalidate(pool, worker) : Effect.void),
    Effect.repeat({ while: isDead })
  )

  /** Hands the bytes over: they can not be read here any more. */
  return Effect.fn("ParsePool.parse")(function*(task: ParseTask) {
    const worker = yield* living
    let scans = 0
    const watch = Effect.raceFirst(
      watchBuffers(worker, options.memoryLimitMb),
      watchClock(timeLimit, () => Duration.times(timePerScan, scans))
    )
    const reply = yield* Effect.raceFirst(ask(worker, task, (pages) => scans = pages), watch).pipe(
      // What a failed or interrupted parse leaves behind is not known; only an answer proves a worker sound.
      Effect.onError(() => Pool.invalidate(pool, worker))
    )
    yield* Effect.annotateCurrentSpan({ "parser.scans": scans })
    return yield* parsedOrRefused(reply)
  }, Effect.scoped)
})

export const parsedOrRefused = (reply: ParseReply) =>
  reply._tag === "Parsed"
    ? Effect.succeed(reply)
    : Effect.fail(new PermanentError({ code: reply.code, message: reply.message, cause: reply.cause }))

const startWorker = (memoryLimitMb: number): Effect.Effect<Worker, never, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.sync(() => {
      const worker = new Worker(new URL("./worker.ts", import.meta.url), {
        // A document can not read what is not there.
        env: {},
        argv: [],
        execArgv: [],
        resourceLimits: { maxOldGenerationSizeMb: memoryLimitMb, stackSizeMb: 4 },
        stderr: true,
        stdout: true
      })
      // An idle thread keeps no process alive.
      worker.unref()
      // Who waits for an answer hears of an error too; without this, one that comes when nobody waits ends the process.
      worker.on("error", () => {})
      // Libraries warn about fonts and pictures there; what matters comes as a reply.
      worker.stdout.resume()
      worker.stderr.resume()
      return worker
    }),
    (worker) => Effect.promise(() => worker.terminate())
  )

const ask = (
  worker: Worker,
  task: ParseTask,
  onScans: (pages: number) => void
): Effect.Effect<ParseReply, PermanentError> =>
  Effect.suspend(() => {
    const answer = Deferred.makeUnsafe<unknown, PermanentError>()
    const onMessage = (message: unknown) => {
      if (isReading(message)) onScans(message.pages)
      else Deferred.doneUnsafe(answer, Exit.succeed(message))
    }
    const onError = (cause: unknown) => Deferred.doneUnsafe(answer, Exit.fail(crashed(cause)))
    const onExit = () => onError(undefined)
    worker.on("message", onMessage).on("error", onError).on("exit", onExit).ref()
    worker.postMessage(task, [task.bytes.buffer])
    return Deferred.await(answer).pipe(
      Effect.ensuring(Effect.sync(() => {
        worker.off("message", onMessage).off("error", onError).off("exit", onExit).unref()
      }))
    )
  }).pipe(Effect.flatMap((reply) => Effect.mapError(decodeReply(reply), crashed)))

/** Node limits a thread's heap but not its buffers, which is what a PDF's streams unpack into. Never succeeds. */
const watchBuffers = (worker: Worker, limitMb: number): Effect.Effect<never, PermanentError> =>
  Effect.tryPromise(() => worker.getHeapStatistics()).pipe(
    // A thread that has not begun yet, or has just ended, has no statistics; whether it broke, its exit says.
    Effect.option,
    Effect.flatMap((heap) =>
      Option.isSome(heap) && heap.value.external_memory > limitMb * 1_000_000
        ? Effect.fail(crashed(undefined))
        : Effect.void
    ),
    Effect.delay("200 millis"),
    Effect.forever
  )

/** How much more there is shows while the time runs. Never succeeds. */
const watchClock = (limit: Duration.Duration, more: () => Duration.Duration): Effect.Effect<never, PermanentError> =>
  Effect.sleep(limit).pipe(
    Effect.andThen(Effect.suspend(() => Effect.sleep(more()))),
    Effect.andThen(Effect.suspend(() =>
      Effect.fail(
        tooComplex(`Parsing the document took longer than ${Duration.format(Duration.sum(limit, more()))}.`)
      )
    ))
  )

const tooComplex = (message: string, cause?: unknown) =>
  new PermanentError({ code: "PARSE_TOO_COMPLEX", message, cause })

const crashed = (cause: unknown): PermanentError =>
  tooComplex("Parsing the document took more memory than one document may, or broke the parser.", cause)
