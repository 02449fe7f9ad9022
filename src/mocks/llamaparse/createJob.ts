/** Accepts a document: checks the request, creates the job and starts it. */
import { Clock, Effect } from "effect"
import { fitsPattern } from "../../domain/fitsPattern.ts"
import { sha256, uuidBytes, uuidV5 } from "../../domain/hash.ts"
import { chance } from "../chance.ts"
import type { JobStep, ParseFailure } from "../scenarios/Scenario.ts"
import type { Account } from "./Account.ts"
import { isPublic } from "./callbackTarget.ts"
import type { Configuration, WebhookConfiguration } from "./Configuration.ts"
import type { Source } from "./parseContent.ts"
import type { ParseJob } from "./ParseJob.ts"
import { complaints, type Refusal, usualRefusal } from "./Refusal.ts"
import { type Background, runJob } from "./runJob.ts"

const namespace = uuidBytes("c2b2ae3d-27d4-4eb2-8f16-8a1b0c9d7e55")

export interface NewJob {
  readonly configuration: Configuration
  readonly source: Source
  readonly filename: string
  /** Hash of the bytes, or of the URL if the bytes are elsewhere. */
  readonly sha256: string
  readonly externalId: string | null
  readonly resultUrl?: string
  /** It is accepted but will fail. */
  readonly fails?: ParseFailure
}

export const documentIdOf = ({ configuration, externalId, sha256 }: NewJob): string =>
  configuration.user_metadata?.["document_id"] ?? externalId ?? sha256

const webhooksOf = (account: Account, { webhook_configuration_ids, webhook_configurations }: Configuration) => [
  ...webhook_configurations ?? [],
  ...(webhook_configuration_ids ?? []).flatMap((id) => account.webhooks.get(id)?.configuration ?? [])
]

const refuseTargets = (account: Account, webhooks: ReadonlyArray<WebhookConfiguration>): Refusal | undefined => {
  if (account.options.allowLoopbackCallbacks) return undefined
  const wrong = webhooks.findIndex(({ webhook_url }) => !isPublic(webhook_url))
  return wrong === -1 ? undefined : complaints([{
    type: "value_error",
    loc: ["body", "webhook_configurations", wrong, "webhook_url"],
    msg: "Value error, webhook_url must be a public HTTPS URL",
    input: webhooks[wrong]?.webhook_url
  }])
}

/** The same file with the same options is not charged twice. */
const cacheKeyOf = ({ configuration, sha256: file }: NewJob): string | undefined =>
  configuration.disable_cache === true
    ? undefined
    : sha256(JSON.stringify([file, configuration.tier, configuration.version, configuration.page_ranges]))

type Fault = { readonly refused: Refusal } | { readonly step: JobStep }

/** Temporary faults: refusals, and jobs that fail through no fault of the document. */
const passing: ReadonlyArray<Fault> = [
  { refused: usualRefusal(503, undefined) },
  { refused: usualRefusal(500, undefined) },
  { refused: usualRefusal(429, undefined) },
  { step: { on: "job", fail: "TIMEOUT" } },
  { step: { on: "job", fail: "INTERNAL_ERROR" } }
]

const takeFault = (account: Account, call: number): Fault | undefined => {
  const { seed } = account.options
  if (chance(seed, call) >= account.knobs.failureRate) return undefined
  return passing[Math.floor(chance(seed + 1, call) * passing.length)]
}

const failing = (fail: ParseFailure | undefined): JobStep | undefined =>
  fail === undefined ? undefined : { on: "job", fail }

export const createJob = Effect.fnUntraced(function*(
  account: Account,
  background: Background,
  request: NewJob
): Effect.fn.Return<ParseJob, Refusal> {
  const { configuration, filename } = request
  const webhooks = webhooksOf(account, configuration)
  const refused = refuseTargets(account, webhooks)
  if (refused !== undefined) return yield* refused
  const sequence = account.nextCreate()
  const fault = takeFault(account, sequence)
  if (fault !== undefined && "refused" in fault) return yield* fault.refused
  const now = yield* Clock.currentTimeMillis
  const documentId = documentIdOf(request)
  const job: ParseJob = {
    // Includes the content: the counter restarts with the process, and an old id must not match a new job.
    id: `pjb-${uuidV5(namespace, JSON.stringify([sequence, request.sha256, configuration.user_metadata]))}`,
    sequence,
    filename,
    tier: configuration.tier,
    userMetadata: configuration.user_metadata ?? null,
    documentId,
    sha256: request.sha256,
    pageRanges: configuration.page_ranges ?? {},
    webhooks,
    resultUrl: request.resultUrl,
    cacheKey: cacheKeyOf(request),
    cacheHit: false,
    step: fault?.step ?? failing(request.fails) ??
      account.jobScript.take(({ match }) =>
        fitsPattern(match?.filename, filename) && fitsPattern(match?.document_id, documentId)
      ),
    createdAt: now,
    updatedAt: now,
    status: "PENDING",
    error: undefined,
    pages: [],
    credits: null
  }
  account.jobs.add(job)
  yield* background.start(job.id, runJob(account, background, job, request.source))
  return job
})
