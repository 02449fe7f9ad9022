/** A parse and its state, in the shapes of both versions of the API. */
import { DateTime } from "effect"
import type { JobStep } from "../scenarios/Scenario.ts"
import type { Tier, WebhookConfiguration } from "./Configuration.ts"
import type { Page, PageRanges } from "./Page.ts"

export type ParseStatus = "PENDING" | "RUNNING" | "COMPLETED" | "FAILED" | "CANCELLED"

export interface ParseJob {
  readonly id: string
  /** In the order of creation. */
  readonly sequence: number
  readonly filename: string
  readonly tier: Tier
  readonly userMetadata: Readonly<Record<string, string>> | null
  /** Seed of the synthetic content. */
  readonly documentId: string
  readonly sha256: string
  readonly pageRanges: PageRanges
  readonly webhooks: ReadonlyArray<WebhookConfiguration>
  /** v1's push of the result itself, unsigned. */
  readonly resultUrl: string | undefined
  /** Undefined if the caller disables the cache. */
  readonly cacheKey: string | undefined
  readonly step: JobStep | undefined
  readonly createdAt: number
  updatedAt: number
  status: ParseStatus
  /** The vendor's code, then a sentence. */
  error: { readonly code: string; readonly message: string } | undefined
  pages: ReadonlyArray<Page>
  credits: number | null
  cacheHit: boolean
}

export const projectId = "00000000-0000-4000-8000-00000000acce"

export const isOver = ({ status }: ParseJob): boolean =>
  status === "COMPLETED" || status === "FAILED" || status === "CANCELLED"

export const isPartial = ({ pages }: ParseJob): boolean => pages.some(({ markdown }) => markdown === undefined)

export const iso = (millis: number): string => DateTime.formatIso(DateTime.makeUnsafe(millis))

export const jobBody = (job: ParseJob) => ({
  id: job.id,
  project_id: projectId,
  status: job.status,
  created_at: iso(job.createdAt),
  updated_at: iso(job.updatedAt),
  name: job.filename,
  tier: job.tier,
  error_message: job.error === undefined ? null : `${job.error.code}: ${job.error.message}`,
  usage: { credits: job.credits },
  user_metadata: job.userMetadata
})

const legacyStatus = (job: ParseJob): string => {
  switch (job.status) {
    case "COMPLETED":
      return isPartial(job) ? "PARTIAL_SUCCESS" : "SUCCESS"
    case "FAILED":
      return "ERROR"
    case "CANCELLED":
      return "CANCELLED"
    default:
      return "PENDING"
  }
}

export const legacyJobBody = (job: ParseJob) => ({
  id: job.id,
  status: legacyStatus(job),
  ...(job.status === "COMPLETED" ? {} : {
    error_code: job.error?.code ?? null,
    error_message: job.error?.message ?? null
  })
})
