/** Reads a result: a short one in place, a long one in its own thread, because it would block everything else. */
import { Effect, Schema, Stream } from "effect"
import { Worker } from "node:worker_threads"
import { PermanentError, type ServiceError } from "../../../src/domain/ServiceError.ts"
import { openThread } from "../../shared/ThreadClient.ts"
import { threadEnv } from "../../shared/threadEnv.ts"
import { Assembled, assemblePages } from "./assemblePages.ts"
import { toServiceError } from "./toServiceError.ts"

/** In bytes. */
const short = 1024 * 1024

export const readResult = Effect.fnUntraced(function*(body: Stream.Stream<Uint8Array, ServiceError>) {
  const parts: Array<Uint8Array> = []
  let bytes = 0
  let thread: Effect.Success<ReturnType<typeof openThread>> | undefined
  yield* Stream.runForEach(
    body,
    Effect.fnUntraced(function*(part) {
      parts.push(part)
      bytes += part.length
      if (bytes <= short) return
      thread ??= yield* openThread(startThread)
      for (const each of parts.splice(0)) thread.tell(each)
    })
  )
  if (thread === undefined) {
    return assemblePages(Buffer.concat(parts).toString("utf8")) ?? (yield* unreadable)
  }
  const reply = yield* Effect.mapError(thread.ask("end"), () =>
    new PermanentError({
      code: "PARSE_TOO_COMPLEX",
      message: "The parser's result exceeds the text limit of one document.",
      dependency: "parser"
    }))
  return reply === undefined ? yield* unreadable : yield* Effect.mapError(decode(reply), () => toServiceError(fault))
}, Effect.scoped)

const startThread = () =>
  new Worker(new URL("./resultThread.ts", import.meta.url), { env: threadEnv(), argv: [], execArgv: [] })

const decode = Schema.decodeUnknownEffect(Assembled)
const fault = { _tag: "Unreadable" } as const
const unreadable = Effect.suspend(() => Effect.fail(toServiceError(fault)))
