/** parse_queued → parsed: the parser's result is in our storage, or the job waits for it. */
import { DateTime, Duration, Effect, Stream } from "effect"
import { DocumentParser, type ParseRequest } from "../../../services/DocumentParser.ts"
import { ObjectStorage } from "../../../services/ObjectStorage.ts"
import { sha256, sha256InParts } from "../../domain/hash.ts"
import { parsedPath } from "../../domain/objectPaths.ts"
import { PermanentError, type ServiceError, TransientError } from "../../domain/ServiceError.ts"
import {
  forgottenParseAttempts,
  parseAttempts,
  parseDeadline,
  pollDelay,
  stageDeadline
} from "../../policy/deadlines.ts"
import { atOneGo } from "../../policy/limits.ts"
import type { Outcome, Running, Stage } from "../Stage.ts"
import { handOver } from "./handOver.ts"
import { parseRequest } from "./parseRequest.ts"

export const collectParse = {
  name: "collectParse",
  from: "parse_queued",
  needs: ["parser", "storage"],
  deadline: stageDeadline.parseHere,
  run: Effect.fnUntraced(function*({ job }: Running) {
    const parser = yield* DocumentParser
    const request = yield* parseRequest(job)
    const providerJobId = job.provider_job_id ?? ""
    // The provider's own job failed for no fault of the document: asked again, it would only say so again.
    if (job.last_error?.code === "PARSER_FAILED" && job.last_error.request_id === providerJobId) {
      const again: Outcome = {
        _tag: "wait",
        delay: pollDelay(Duration.zero),
        set: { provider_job_id: yield* handOver(request, providerJobId) }
      }
      return again
    }
    const result = parser.result(providerJobId, request).pipe(
      Effect.catchIf(
        ({ code }) => code === "PARSER_FORGOTTEN",
        (error) => job.parse_attempts >= forgottenParseAttempts ? Effect.fail(error) : Effect.succeed(forgotten)
      )
    )
    const parsed = yield* parser.immediate ? result : inTime(result)
    if (parsed === forgotten) return yield* handOverAgain(job, request)
    if (parsed === undefined) {
      return !parser.immediate && (yield* isLate(job))
        ? yield* giveUpOrHandOver(job, request)
        : yield* waitForParser(job)
    }

    const storage = yield* ObjectStorage
    const path = parsedPath(job.user_id, job.document_id, job.job_id, job.fence)
    const { markdown } = parsed
    const bytes = typeof markdown === "string" ? new TextEncoder().encode(markdown) : markdown
    const { content, hash } = bytes.length <= atOneGo.text ? whole(bytes) : inParts(bytes)
    yield* storage.put(path, content, "text/markdown; charset=utf-8")
    const outcome: Outcome = {
      _tag: "advance",
      to: "parsed",
      set: { parsed_path: path, parsed_sha256: hash() },
      ...(typeof markdown === "string" ? { carried: { markdown } } : {}),
      lazy: true
    }
    return outcome
  })
} satisfies Stage<unknown>

const forgotten = Symbol("forgotten")

const whole = (bytes: Uint8Array) => ({ content: Stream.make(bytes), hash: () => sha256(bytes) })

/** Others go on between two parts; the hash is known when all have gone by. */
const inParts = (bytes: Uint8Array) => {
  const { add, hex } = sha256InParts()
  const starts = Array.from({ length: Math.ceil(bytes.length / atOneGo.text) }, (_, n) => n * atOneGo.text)
  const content = Stream.mapEffect(Stream.fromIterable(starts), (at) =>
    Effect.map(Effect.yieldNow, () => {
      const part = bytes.subarray(at, at + atOneGo.text)
      add(part)
      return part
    }))
  return { content, hash: hex }
}

const inTime = <A, R>(result: Effect.Effect<A, ServiceError, R>) =>
  Effect.timeoutOrElse(result, {
    duration: stageDeadline.collect,
    orElse: () =>
      Effect.fail(
        new TransientError({
          code: "PARSER_TIMEOUT",
          message: `The parser's answer did not come within ${Duration.format(stageDeadline.collect)}.`,
          dependency: "parser"
        })
      )
  })

const timeLeft = Effect.fnUntraced(function*({ poll_deadline }: Running["job"]) {
  const now = yield* DateTime.now
  return poll_deadline === null ? parseDeadline : DateTime.distance(now, poll_deadline)
})

const isLate = (job: Running["job"]) =>
  Effect.map(timeLeft(job), (left) => Duration.isLessThanOrEqualTo(left, Duration.zero))

/** Soon at first and then less often; a callback makes the job due at once. */
const waitForParser = Effect.fnUntraced(function*(job: Running["job"]) {
  const left = yield* timeLeft(job)
  const outcome: Outcome = {
    _tag: "wait",
    delay: pollDelay(Duration.subtract(parseDeadline, left)),
    // A retry has taken the deadline away: without a new one the job would wait for ever.
    set: job.poll_deadline === null ? { poll_deadline_ms: Duration.toMillis(parseDeadline) } : {}
  }
  return outcome
})

/** A parse that hangs is cancelled over there, or it would be found again instead of a new one being made. */
const giveUpOrHandOver = Effect.fnUntraced(function*(job: Running["job"], request: ParseRequest) {
  const parser = yield* DocumentParser
  const providerJobId = job.provider_job_id ?? ""
  if (job.parse_attempts >= parseAttempts) {
    return yield* new PermanentError({
      code: "PARSER_DEADLINE",
      message: `The parser had no result within ${Duration.format(parseDeadline)}, `
        + `${job.parse_attempts} times. Its last job was ${providerJobId}.`,
      dependency: "parser",
      requestId: providerJobId
    })
  }
  yield* parser.cancel(providerJobId)
  return yield* handOverAgain(job, request)
})

const handOverAgain = Effect.fnUntraced(function*(job: Running["job"], request: ParseRequest) {
  const outcome: Outcome = {
    _tag: "wait",
    delay: pollDelay(Duration.zero),
    set: {
      provider_job_id: yield* handOver(request, job.provider_job_id),
      parse_attempts: job.parse_attempts + 1,
      poll_deadline_ms: Duration.toMillis(parseDeadline)
    }
  }
  return outcome
})
