/** Version 2 of the parse API. */
import { Effect, Schema } from "effect"
import { type HttpRouter, HttpServerRequest, HttpServerResponse } from "effect/http"
import { sha256 } from "../../domain/hash.ts"
import type { Account } from "./Account.ts"
import { answer, nothing, pathParam, underScenario } from "./answer.ts"
import { Configuration, CreateBody, latestVersion, Tier, versions } from "./Configuration.ts"
import { createJob, documentIdOf, type NewJob } from "./createJob.ts"
import { paged, repeated } from "./paging.ts"
import { isOver, jobBody, type ParseJob, projectId } from "./ParseJob.ts"
import { parseResult, readExpand, resultFile } from "./parseResult.ts"
import { readUpload, requireFile } from "./readUpload.ts"
import { fileNotFound, invalidInput, jobNotFound, type Refusal, refusal } from "./Refusal.ts"
import { announce, type Background } from "./runJob.ts"

type Request = HttpServerRequest.HttpServerRequest

const json = (body: unknown) => HttpServerResponse.jsonUnsafe(body)

const decode = <S extends Schema.ConstraintDecoder<unknown>>(schema: S, input: unknown) =>
  Schema.decodeUnknownEffect(schema)(input, { errors: "all" }).pipe(Effect.mapError(invalidInput("body", input)))

const create = (account: Account, background: Background, request: NewJob) =>
  underScenario(
    account,
    "create",
    { filename: request.filename, documentId: documentIdOf(request) },
    Effect.map(createJob(account, background, request), (job) => json({ ...jobBody(job), status: "PENDING" }))
  )

const oneSource = refusal(400, "Exactly one of file_id and source_url must be provided.")

const createFromJson = (account: Account, background: Background) =>
  Effect.fnUntraced(function*(request: Request) {
    const body = yield* request.json.pipe(
      Effect.mapError(() => refusal(422, "The body is not valid JSON.")),
      Effect.flatMap((input) => decode(CreateBody, input))
    )
    const { file_id, source_url, ...configuration } = body
    if ((file_id == null) === (source_url == null)) return yield* oneSource
    if (source_url != null) {
      const filename = URL.parse(source_url)?.pathname.split("/").at(-1) ?? "document"
      const source = { _tag: "Url", url: source_url } as const
      return yield* create(account, background, {
        configuration,
        source,
        filename,
        sha256: sha256(source_url),
        externalId: null
      })
    }
    const file = account.files.find(file_id ?? "")
    if (file === undefined) return yield* fileNotFound
    const { bytes = new Uint8Array(), externalId, mediaType, name } = file
    const source = { _tag: "Bytes", name, mediaType, bytes } as const
    return yield* create(account, background, {
      configuration,
      source,
      filename: name,
      sha256: file.sha256,
      externalId
    })
  })

const createFromUpload = (account: Account, background: Background) =>
  Effect.fnUntraced(function*(request: Request) {
    const upload = yield* readUpload(request)
    const file = yield* requireFile(upload)
    const configuration = yield* decode(
      Schema.Struct({ configuration: Schema.fromJsonString(Configuration) }),
      upload.fields
    )
    return yield* create(account, background, {
      configuration: configuration.configuration,
      // Only the parser needs the bytes; without one they are released at once.
      source: account.options.content === "document" ? { _tag: "Bytes", ...file } : { _tag: "Url", url: "" },
      filename: file.name,
      sha256: file.sha256,
      externalId: null
    })
  })

const findJob = (account: Account, request: Request): Effect.Effect<ParseJob, Refusal> =>
  Effect.suspend(() => {
    const job = account.jobs.find(pathParam(request, 4))
    return job === undefined ? Effect.fail(jobNotFound) : Effect.succeed(job)
  })

const get = (account: Account) =>
  Effect.fnUntraced(function*(request: Request) {
    const job = yield* findJob(account, request)
    const { expand } = yield* HttpServerRequest.ParsedSearchParams
    const origin = `http://${request.headers["host"] ?? "localhost"}`
    return yield* underScenario(account, "get", job, Effect.map(parseResult(job, readExpand(expand), origin), json))
  })

const Times = Schema.Struct({
  created_at_on_or_after: Schema.optionalKey(Schema.DateTimeUtcFromString),
  created_at_on_or_before: Schema.optionalKey(Schema.DateTimeUtcFromString)
})

const list = (account: Account) => () =>
  underScenario(
    account,
    "list",
    nothing,
    Effect.gen(function*() {
      const query = yield* HttpServerRequest.ParsedSearchParams
      const times = yield* Schema.decodeUnknownEffect(Times)(query).pipe(Effect.mapError(invalidInput("query", query)))
      const ids = repeated(query["job_ids"])
      const status = repeated(query["status"])
      const after = times.created_at_on_or_after?.epochMilliseconds ?? -Infinity
      const before = times.created_at_on_or_before?.epochMilliseconds ?? Infinity
      const jobs = account.jobs.all().filter((job) =>
        (ids === undefined || ids.includes(job.id)) && (status === undefined || status.includes(job.status)) &&
        job.createdAt >= after && job.createdAt <= before
      )
      return json(yield* paged(jobs, jobBody))
    })
  )

const cancel = (account: Account, background: Background) =>
  Effect.fnUntraced(function*(request: Request) {
    const job = yield* findJob(account, request)
    return yield* underScenario(
      account,
      "cancel",
      job,
      Effect.gen(function*() {
        if (isOver(job)) return yield* refusal(409, `The job is ${job.status} and cannot be cancelled.`)
        yield* background.stop(job.id)
        yield* announce(account, background, job, "parse.cancelled", "CANCELLED")
        return json(jobBody(job))
      })
    )
  })

const remove = (account: Account) =>
  Effect.fnUntraced(function*(request: Request) {
    const job = yield* findJob(account, request)
    if (!isOver(job)) return yield* refusal(409, "The job is still running: cancel it before deleting it.")
    account.jobs.remove(job.id)
    return json({ id: job.id, project_id: projectId })
  })

const latest = Object.fromEntries(Tier.literals.map((tier) => [tier, latestVersion(tier)]))

export const addParseRoutes = Effect.fnUntraced(function*(
  router: HttpRouter.HttpRouter,
  account: Account,
  background: Background
) {
  yield* router.add("POST", "/api/v2/parse", answer(account, createFromJson(account, background)))
  yield* router.add("POST", "/api/v2/parse/upload", answer(account, createFromUpload(account, background)))
  yield* router.add("GET", "/api/v2/parse", answer(account, list(account)))
  yield* router.add(
    "GET",
    "/api/v2/parse/versions",
    answer(account, () => Effect.succeed(json({ ...versions, latest })))
  )
  yield* router.add("GET", "/api/v2/parse/:id", answer(account, get(account)))
  yield* router.add("POST", "/api/v2/parse/:id/cancel", answer(account, cancel(account, background)))
  yield* router.add("DELETE", "/api/v2/parse/:id", answer(account, remove(account)))
  yield* router.add(
    "GET",
    "/mock/jobs/:id/:kind",
    (request) =>
      Effect.sync(() => {
        const job = account.jobs.find(pathParam(request, 3))
        const content = job === undefined ? undefined : resultFile(job, pathParam(request, 4))
        return content === undefined
          ? HttpServerResponse.jsonUnsafe({ detail: "Not found" }, { status: 404 })
          : HttpServerResponse.text(content, { contentType: "text/plain; charset=utf-8" })
      })
  )
})
