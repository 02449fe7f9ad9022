/** Version 1 of the parse API, which older clients still speak. */
import { Effect, Schema } from "effect"
import { type HttpRouter, type HttpServerRequest, HttpServerResponse } from "effect/http"
import { sha256 } from "../../domain/hash.ts"
import type { Account } from "./Account.ts"
import { answer, pathParam, underScenario } from "./answer.ts"
import { Tier, WebhookConfiguration } from "./Configuration.ts"
import { createJob, documentIdOf, type NewJob } from "./createJob.ts"
import { plainText } from "./Page.ts"
import { legacyJobBody, type ParseJob } from "./ParseJob.ts"
import { jobMetadata, resultFile } from "./parseResult.ts"
import { readUpload, requireFile, type Upload } from "./readUpload.ts"
import { invalidInput, jobNotFound, type Refusal, refusal, resultNotFound } from "./Refusal.ts"
import type { Background } from "./runJob.ts"

type Request = HttpServerRequest.HttpServerRequest

const json = (body: unknown) => HttpServerResponse.jsonUnsafe(body)

const Form = Schema.Struct({
  tier: Schema.optionalKey(Schema.String),
  version: Schema.optionalKey(Schema.String),
  input_url: Schema.optionalKey(Schema.NonEmptyString),
  /** Counted from 0. */
  target_pages: Schema.optionalKey(Schema.String),
  webhook_url: Schema.optionalKey(Schema.String),
  webhook_configurations: Schema.optionalKey(Schema.fromJsonString(Schema.Array(WebhookConfiguration)))
})

const isTier = Schema.is(Tier)

const fromOne = (ranges: string): string => ranges.replaceAll(/\d+/g, (page) => String(Number(page) + 1))

const sourceOf = Effect.fnUntraced(function*(account: Account, upload: Upload, url: string | undefined) {
  if (url !== undefined) {
    const filename = URL.parse(url)?.pathname.split("/").at(-1) ?? "document"
    return { source: { _tag: "Url", url } as const, filename, sha256: sha256(url) }
  }
  const file = yield* requireFile(upload)
  const source = account.options.content === "document"
    ? { _tag: "Bytes", ...file } as const
    : { _tag: "Url", url: "" } as const
  return { source, filename: file.name, sha256: file.sha256 }
})

const upload = (account: Account, background: Background) =>
  Effect.fnUntraced(function*(request: Request) {
    const upload = yield* readUpload(request)
    const form = yield* Schema.decodeUnknownEffect(Form)(upload.fields, { errors: "all" }).pipe(
      Effect.mapError(invalidInput("body", upload.fields))
    )
    const { target_pages, tier = "cost_effective", version, webhook_configurations = [], webhook_url } = form
    if (form.tier !== undefined && version === undefined) return yield* refusal(400, "A tier needs a version.")
    const job: NewJob = {
      configuration: {
        tier: isTier(tier) ? tier : "cost_effective",
        version: version ?? "latest",
        page_ranges: target_pages === undefined ? {} : { target_pages: fromOne(target_pages) },
        webhook_configurations
      },
      ...yield* sourceOf(account, upload, form.input_url),
      externalId: null,
      ...(webhook_url === undefined ? {} : { resultUrl: webhook_url }),
      ...(isTier(tier) ? {} : { fails: "INVALID_TIER_VERSION_COMBINATION" as const })
    }
    return yield* underScenario(
      account,
      "create",
      { filename: job.filename, documentId: documentIdOf(job) },
      Effect.map(createJob(account, background, job), ({ id }) =>
        json({ id, status: "PENDING", error_code: null, error_message: null }))
    )
  })

const findJob = (account: Account, request: Request): Effect.Effect<ParseJob, Refusal> =>
  Effect.suspend(() => {
    const job = account.jobs.find(pathParam(request, 5))
    return job === undefined ? Effect.fail(jobNotFound) : Effect.succeed(job)
  })

const pagesBody = (job: ParseJob) => ({
  pages: job.pages.map(({ markdown = "", number }) => ({
    page: number,
    text: plainText(markdown),
    md: markdown,
    items: [],
    images: [],
    width: 612,
    height: 792
  })),
  job_metadata: jobMetadata(job)
})

const result = (account: Account) =>
  Effect.fnUntraced(function*(request: Request) {
    const job = yield* findJob(account, request)
    const kind = pathParam(request, 7)
    const content = resultFile(job, kind)
    const body = content === undefined
      ? Effect.fail(resultNotFound)
      : Effect.succeed(json({ [kind]: content, job_metadata: jobMetadata(job) }))
    const asked = kind === "json" && job.status === "COMPLETED" ? Effect.succeed(json(pagesBody(job))) : body
    return yield* underScenario(account, "get", job, asked)
  })

export const addLegacyRoutes = Effect.fnUntraced(function*(
  router: HttpRouter.HttpRouter,
  account: Account,
  background: Background
) {
  yield* router.add("POST", "/api/v1/parsing/upload", answer(account, upload(account, background)))
  yield* router.add(
    "GET",
    "/api/v1/parsing/job/:id",
    answer(
      account,
      (request) =>
        Effect.flatMap(
          findJob(account, request),
          (job) => underScenario(account, "get", job, Effect.sync(() => json(legacyJobBody(job))))
        )
    )
  )
  yield* router.add("GET", "/api/v1/parsing/job/:id/result/:kind", answer(account, result(account)))
})
