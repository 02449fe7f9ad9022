/**
 * `accessa ingest`: uploads files and, with `--wait`, follows each to its end. A refused or failed document does not stop
 * the others; a refused key and an API that is gone do.
 */
import { Clock, type Duration, Effect, Exit, Layer, Option, Ref, Schema, Semaphore } from "effect"
import { Argument, Command, Flag } from "effect/cli"
import { AcceptedView, type JobView } from "../../../api/jobs.ts"
import { Client } from "../../client/Client.ts"
import { Follower } from "../../client/Follower.ts"
import { type CommandFailure, failure, failureText } from "../../CommandFailure.ts"
import { encoded } from "../../encoded.ts"
import { timeout, within } from "../../flags.ts"
import { Output } from "../../terminal/Output.ts"
import { ProgressBoard } from "../../terminal/ProgressBoard.ts"
import { observe, started } from "../../terminal/ProgressLine.ts"
import { resultLine } from "../../terminal/resultLine.ts"
import { type Again, retries } from "./again.ts"
import { dryRun } from "./dryRun.ts"
import { concernsAll, type FileResult, isFailed, isUnsent, refusedRecord, summarize } from "./FileResult.ts"
import { type LocalFile, localFiles } from "./LocalFile.ts"
import { quoteFiles } from "./quote.ts"
import { upload, type UploadOptions } from "./upload.ts"

export const ingest = Command.make("ingest", {
  files: Argument.String("file").pipe(
    Argument.withDescription("Files, folders (recursively), or - for stdin"),
    Argument.atLeast(1)
  ),
  wait: Flag.Boolean("wait").pipe(
    Flag.withDescription(
      "Wait until all documents have finished (default on a terminal); --no-wait returns once they are accepted"
    ),
    Flag.optional
  ),
  force: Flag.Boolean("force").pipe(
    Flag.withDescription("Process a document even if the same bytes were processed before"),
    Flag.withDefault(false)
  ),
  priority: Flag.Int("priority").pipe(
    Flag.withDescription("-100 to 100; higher is sooner"),
    Flag.withSchema(Schema.Int.check(Schema.isBetween({ minimum: -100, maximum: 100 }))),
    Flag.withDefault(0)
  ),
  metadata: Flag.KeyValuePair("metadata").pipe(
    Flag.withMetavar("key=value"),
    Flag.withDescription("Stored with every document; may be repeated"),
    Flag.withDefault({})
  ),
  quote: Flag.Boolean("quote").pipe(
    Flag.withDescription("Estimate what the documents would cost, and stop"),
    Flag.withDefault(false)
  ),
  dryRun: Flag.Boolean("dry-run").pipe(
    Flag.withDescription("List what would be sent, what would not, and why; send nothing"),
    Flag.withDefault(false)
  ),
  exclude: Flag.String("exclude").pipe(
    Flag.withMetavar("PATTERN"),
    Flag.withDescription("Skip files and folders that match, such as '*.log' or 'drafts/**'; may be repeated"),
    Flag.atLeast(0)
  ),
  name: Flag.String("name").pipe(
    Flag.withDescription("Name of the document from stdin, with its extension"),
    Flag.optional
  ),
  timeout
}, (flags) =>
  Effect.gen(function*() {
    const { json, stdoutIsTerminal } = yield* Output
    const { call } = yield* Client
    const found = yield* localFiles(flags.files, { ...flags, stdinName: Option.getOrUndefined(flags.name) })
    const { files } = found
    if (flags.dryRun) return yield* dryRun(found)
    if (files.length === 0) return yield* nothingFound
    yield* call((api) => api.health.alive())
    if (flags.quote) return yield* quoteFiles(files)
    const wait = Option.getOrElse(flags.wait, () => stdoutIsTerminal && !json)
    yield* ingestFiles(files, { ...flags, wait })
  }).pipe(Effect.scoped)).pipe(Command.withDescription("Upload documents and make them searchable"))

const nothingFound = failure(
  "usage",
  "NO_FILES",
  "There are no documents to upload: the folders hold nothing but hidden and excluded files.",
  "Name a file or another folder."
)

/** Concurrent uploads. */
const uploadsAtOnce = 4

interface Options extends UploadOptions {
  readonly wait: boolean
  readonly timeout: Option.Option<Duration.Duration>
}

const ingestFiles = Effect.fn("cli.ingest")(function*(files: ReadonlyArray<LocalFile>, options: Options) {
  const output = yield* Output
  const start = yield* Clock.currentTimeMillis
  const results = yield* Ref.make<ReadonlyArray<FileResult>>([])
  const open = yield* Ref.make<ReadonlyMap<string, JobView>>(new Map())
  const uploads = yield* Semaphore.make(uploadsAtOnce)
  const refusal = yield* Ref.make(Option.none<CommandFailure>())
  const ended = yield* Effect.flatMap(ProgressBoard, ({ above }) => retries(above)).pipe(
    Effect.flatMap((again) =>
      Effect.forEach(files, (file) =>
        ingestFile(file, options, { uploads, open, refusal, again }).pipe(
          Effect.tap((result) => Ref.update(results, (before) => [...before, result]))
        ), { concurrency: "unbounded", discard: true })
    ),
    Effect.provide(Layer.mergeAll(ProgressBoard.layer, Follower.layer)),
    Effect.onInterrupt(() => comeBack(open)),
    within(options.timeout, late),
    Effect.exit
  )
  const seconds = ((yield* Clock.currentTimeMillis) - start) / 1_000
  const seen = yield* Ref.get(results)
  const watched = (yield* Ref.get(open)).size
  yield* output.print(summarize(seen, { files: files.length, watched, seconds, style: output.style }))
  if (Exit.isFailure(ended)) return yield* ended
  const refused = yield* Ref.get(refusal)
  if (Option.isSome(refused)) return yield* refused.value
  const bad = seen.filter(isFailed).length
  if (bad > 0) return yield* documentsFailed(bad, files.length)
})

const ingestFile = Effect.fn("cli.ingestFile")(function*(file: LocalFile, options: Options, shared: {
  readonly uploads: Semaphore.Semaphore
  readonly open: Ref.Ref<ReadonlyMap<string, JobView>>
  /** Why nothing more is sent. */
  readonly refusal: Ref.Ref<Option.Option<CommandFailure>>
  readonly again: Again
}) {
  const board = yield* ProgressBoard
  const { follow } = yield* Follower
  let progress = started(file.name)
  const show = Effect.fnUntraced(function*(job: JobView) {
    progress = observe(progress, job, yield* Clock.currentTimeMillis)
    yield* Ref.update(shared.open, (before) => new Map([...before, [file.name, job]]))
    yield* board.show(progress)
  })
  const send = Effect.gen(function*() {
    const refused = yield* Ref.get(shared.refusal)
    if (Option.isSome(refused)) return yield* refused.value
    yield* board.show(progress)
    return yield* upload(file, options, shared.again)
  }).pipe(
    Effect.tapError((failure) => concernsAll(failure) ? Ref.set(shared.refusal, Option.some(failure)) : Effect.void)
  )
  const result: FileResult = yield* Effect.gen(function*() {
    const accepted = yield* shared.uploads.withPermits(1)(send)
    const { duplicate } = accepted
    if (!options.wait) return { file, job: accepted, duplicate }
    yield* show(accepted)
    return { file, job: yield* follow(accepted.jobId, show), duplicate }
  }).pipe(
    Effect.catch((failure) =>
      Effect.map(Ref.get(shared.open), (open) => ({ file, failure, ...optionalJob(open.get(file.name)) }))
    )
  )
  yield* board.drop(file.name)
  yield* Ref.update(shared.open, (before) => new Map([...before].filter(([name]) => name !== file.name)))
  const output = yield* Output
  yield* board.above(report(result, output))
  return result
})

const optionalJob = (job: JobView | undefined) => job === undefined ? {} : { job }

const report = Effect.fnUntraced(
  function*(result: FileResult, output: Output["Service"]) {
    const { duplicate = false, failure, file, job } = result
    if (isUnsent(result)) return
    if (failure === undefined && job !== undefined) {
      yield* output.print(resultLine(file.name, job, output.style, duplicate))
      return yield* output.record(yield* encoded(AcceptedView, { ...job, duplicate }))
    }
    if (failure === undefined) return
    yield* output.print(failureText(failure, output.style, file.name))
    yield* output.record(refusedRecord(file.name, failure, job))
  }
)

/** After Ctrl-C or a timeout: nothing is lost; says how to resume watching. */
const comeBack = Effect.fnUntraced(function*(open: Ref.Ref<ReadonlyMap<string, JobView>>) {
  const output = yield* Output
  const jobs = [...(yield* Ref.get(open)).values()]
  const first = jobs[0]
  yield* output.note(
    first === undefined
      ? "Stopped uploading. Accepted documents continue: see `accessa jobs list`."
      : `No longer watching: ${jobs.length === 1 ? "the job continues" : `${jobs.length} jobs continue`}. `
        + `Resume with \`accessa jobs watch ${first.jobId}\`, or see all with \`accessa jobs list\`.`
  )
})

const late = failure(
  "timeout",
  "TIMEOUT",
  "The timeout expired before every document had ended.",
  "Use a longer --timeout, or check with `accessa jobs list`."
)

const documentsFailed = (bad: number, all: number) =>
  failure(
    "failed",
    "DOCUMENTS_FAILED",
    `${bad} of ${all} documents failed.`,
    "Follow the advice on each line and run the command again; processed documents are skipped."
  )
