/** One parsing thread, and a document's parse in it. A thread that a document hangs or breaks is not used again. */
import { Deferred, Effect, Exit, Option, Schema, type Scope } from "effect"
import { Worker } from "node:worker_threads"
import { ErrorCode } from "../../../../src/domain/ErrorCode.ts"
import { PermanentError } from "../../../../src/domain/ServiceError.ts"
import type { PdfLimits } from "../pdf/parsePdf.ts"

export interface ParseTask {
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly filename: string
  readonly limits: PdfLimits
  /** For OCR, by their codes at Tesseract. */
  readonly languages: ReadonlyArray<string>
}

const Parsed = Schema.TaggedStruct("Parsed", {
  markdown: Schema.Union([Schema.String, Schema.Uint8Array]),
  pages: Schema.Int
})

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

export const parsedOrRefused = (reply: ParseReply) =>
  reply._tag === "Parsed"
    ? Effect.succeed(reply)
    : Effect.fail(new PermanentError({ code: reply.code, message: reply.message, cause: reply.cause }))

export const startThread = (memoryLimitMb: number): Effect.Effect<Worker, never, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.sync(() => {
      const thread = new Worker(new URL("./worker.ts", import.meta.url), {
        // A document cannot read what is not there.
        env: {},
        argv: [],
        execArgv: [],
        resourceLimits: { maxOldGenerationSizeMb: memoryLimitMb, stackSizeMb: 4 },
        stderr: true,
        stdout: true
      })
      // An idle thread keeps no process alive.
      thread.unref()
      // Who waits for an answer hears of an error too; without this, one that comes when nobody waits ends the process.
      thread.on("error", () => {})
      // Libraries warn about fonts and pictures there; what matters comes as a reply.
      thread.stdout.resume()
      thread.stderr.resume()
      return thread
    }),
    (thread) => Effect.promise(() => thread.terminate())
  )

/** Hands the bytes over: they cannot be read here any more. `onScans` hears how many pages are read by OCR. */
export const ask = (
  thread: Worker,
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
    thread.on("message", onMessage).on("error", onError).on("exit", onExit).ref()
    thread.postMessage(task, [task.bytes.buffer])
    return Deferred.await(answer).pipe(
      Effect.ensuring(Effect.sync(() => {
        thread.off("message", onMessage).off("error", onError).off("exit", onExit).unref()
      }))
    )
  }).pipe(Effect.flatMap((reply) => Effect.mapError(decodeReply(reply), crashed)))

/** Node limits a thread's heap but not its buffers, which is what a PDF's streams unpack into. Never succeeds. */
export const watchBuffers = (thread: Worker, limitMb: number): Effect.Effect<never, PermanentError> =>
  Effect.tryPromise(() => thread.getHeapStatistics()).pipe(
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

export const tooComplex = (message: string, cause?: unknown) =>
  new PermanentError({ code: "PARSE_TOO_COMPLEX", message, cause })

const crashed = (cause: unknown): PermanentError =>
  tooComplex("Parsing the document took more memory than one document may, or broke the parser.", cause)
