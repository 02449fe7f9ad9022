/** One parsing thread, and a document's parse in it. A thread that hangs or crashes is not reused. */
import { Deferred, Effect, Exit, Option, Schema, type Scope } from "effect"
import { Worker } from "node:worker_threads"
import { Comparison, Omission } from "../../../../src/domain/coverage/Coverage.ts"
import { ErrorCode } from "../../../../src/domain/ErrorCode.ts"
import { PermanentError } from "../../../../src/domain/ServiceError.ts"
import { threadEnv } from "../../../shared/threadEnv.ts"
import type { PdfLimits } from "../pdf/parsePdf.ts"

export interface ParseTask {
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly filename: string
  readonly limits: PdfLimits
  /** Languages for OCR, as Tesseract codes. */
  readonly languages: ReadonlyArray<string>
  /** Only these pages of a PDF, by OCR from their pictures. */
  readonly ocrPages?: ReadonlyArray<number>
  /** Of a mail, also the text of its attachments. */
  readonly withAttachments?: boolean
  /** How many mails this file is attached in. */
  readonly depth?: number
}

const Parsed = Schema.TaggedStruct("Parsed", {
  markdown: Schema.Union([Schema.String, Schema.Uint8Array]),
  pages: Schema.Int,
  leftOut: Schema.optionalKey(Schema.Array(Omission)),
  comparison: Schema.optionalKey(Comparison)
})

const ParseReply = Schema.Union([
  Parsed,
  Schema.TaggedStruct("Refused", { code: ErrorCode, message: Schema.String, cause: Schema.optionalKey(Schema.Unknown) })
])
export type ParseReply = typeof ParseReply.Type

/** Sent before the reply: how many pages are about to be read by OCR. */
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
        env: threadEnv(),
        argv: [],
        execArgv: [],
        resourceLimits: { maxOldGenerationSizeMb: memoryLimitMb, stackSizeMb: 4 },
        stderr: true,
        stdout: true
      })
      // An idle thread keeps no process alive.
      thread.unref()
      // A waiting caller is notified of errors, too; without this listener, an error with no caller waiting would end the
      // process.
      thread.on("error", () => {})
      // Libraries print warnings about fonts and pictures there; anything relevant is in the reply.
      thread.stdout.resume()
      thread.stderr.resume()
      return thread
    }),
    (thread) => Effect.promise(() => thread.terminate())
  )

/** Transfers the bytes, which can no longer be read here. `onScans` receives the number of pages read by OCR. */
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

/** A thread that has not started, or has just ended, has no statistics; its exit code tells whether it crashed. */
const heapOf = (thread: Worker) => Effect.option(Effect.tryPromise(() => thread.getHeapStatistics()))

/** Node limits a thread's heap but not its buffers, which is what a PDF's streams unpack into. Never succeeds. */
export const watchBuffers = (thread: Worker, limitMb: number): Effect.Effect<never, PermanentError> =>
  heapOf(thread).pipe(
    Effect.flatMap((heap) =>
      Option.isSome(heap) && heap.value.external_memory > limitMb * 1_000_000
        ? Effect.fail(crashed(undefined))
        : Effect.void
    ),
    Effect.delay("200 millis"),
    Effect.forever
  )

/** V8 keeps what a large document needed, and WebAssembly memory cannot shrink: 100 to 300 MB until the thread ends. */
export const hasGrownLarge = (thread: Worker): Effect.Effect<boolean> =>
  Effect.map(
    heapOf(thread),
    Option.exists(({ external_memory, total_heap_size }) => external_memory + total_heap_size > mostKept)
  )

/** In bytes. A thread that has read a short PDF holds 85 MB. */
const mostKept = 128 * 1024 * 1024

export const tooComplex = (message: string, cause?: unknown) =>
  new PermanentError({ code: "PARSE_TOO_COMPLEX", message, cause })

const crashed = (cause: unknown): PermanentError =>
  tooComplex("Parsing the document exceeded the memory limit or crashed the parser.", cause)
