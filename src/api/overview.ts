/** The dashboard's part of the contract: the pipeline at a glance, failures by cause, jobs of all users. */
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, HttpApiSchema, OpenApi } from "effect/http-api"
import { Costs } from "../domain/Costs.ts"
import { UserId } from "../domain/Ids.ts"
import { Capacity, FailureGroup, HeldJob, JobLine, Overview } from "../domain/Overview.ts"
import { Role } from "../domain/Principal.ts"
import { RequiredRole, Scraped } from "./annotations.ts"
import { PlainText } from "./PlainText.ts"

export type OverviewView = typeof Overview.Encoded
export type FailureView = typeof FailureGroup.Encoded
export type JobLineView = typeof JobLine.Encoded
export type HeldJobView = typeof HeldJob.Encoded
export type CostsView = typeof Costs.Encoded
export type CapacityView = typeof Capacity.Encoded

const Me = Schema.Struct({
  user_id: UserId,
  role: Role,
  /** As the audit log names it. */
  actor: Schema.String
})

export const JobLinePage = Schema.Struct({
  jobs: Schema.Array(JobLine),
  next_cursor: Schema.NullOr(Schema.String),
  /** The filter in words. */
  said: Schema.String
})
export type JobLinePageView = typeof JobLinePage.Encoded

/** The reason, recorded in the audit log for each job. Required unless it is a dry run. */
const reason = { "x-reason": Schema.optionalKey(Schema.String) }

export const BulkChange = Schema.Struct({
  /** An empty filter is refused, because it matches every job. */
  filter: PlainText.check(Schema.isMinLength(1), Schema.isMaxLength(500)),
  /** Count only, change nothing. */
  dry_run: Schema.Boolean
})

const BulkResult = Schema.Struct({
  /** At most a thousand per request; `more` says that others match. */
  matched: Schema.Int,
  /** Those whose status allows the change. */
  eligible: Schema.Int,
  changed: Schema.Int,
  users: Schema.Int,
  /** The estimated further cost of the eligible jobs; jobs without a plan count as 0. */
  estimated_usd: Schema.Finite,
  vectors_kept: Schema.Int,
  more: Schema.Boolean,
  said: Schema.String
})
export type BulkResultView = typeof BulkResult.Encoded

export class MeGroup extends HttpApiGroup.make("me").annotate(OpenApi.Description, "The caller.").add(
  HttpApiEndpoint.get("get", "/api/v1/me", { success: Me }).annotate(OpenApi.Summary, "Who the credential belongs to")
    .annotate(OpenApi.Description, "The user and the role of the credential that was sent.")
).annotateEndpoints(RequiredRole, "viewer") {}

export class OverviewGroup
  extends HttpApiGroup.make("overview").annotate(OpenApi.Description, "The pipeline as a whole, for operators.").add(
    HttpApiEndpoint.get("glance", "/api/v1/overview", { success: Overview }).annotate(
      OpenApi.Summary,
      "The pipeline at a glance"
    ).annotate(
      OpenApi.Description,
      "Counts, ages and times by status, with workers, services, spending, alerts and the last changes."
    ),
    HttpApiEndpoint.get("failures", "/api/v1/failures", {
      success: Schema.Struct({ failures: Schema.Array(FailureGroup) })
    }).annotate(OpenApi.Summary, "Failed jobs by cause").annotate(
      OpenApi.Description,
      "Groups of failed jobs with one code and fingerprint, with what is kept of each."
    ),
    HttpApiEndpoint.get("jobs", "/api/v1/operations/jobs", {
      query: {
        /** Such as `status:failed_parse age:>10m`; docs/dashboard.md lists the words. */
        filter: Schema.optionalKey(PlainText.check(Schema.isMaxLength(500))),
        cursor: Schema.optionalKey(Schema.String),
        /** 50 if absent. */
        limit: Schema.optionalKey(Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 200 })))
      },
      success: JobLinePage
    }).annotate(OpenApi.Summary, "Jobs of all users, by a filter").annotate(
      OpenApi.Description,
      "A page of the jobs that a filter such as `is:failed age:<1d` matches."
    ),
    HttpApiEndpoint.post("retryAll", "/api/v1/jobs/retry", {
      payload: BulkChange,
      headers: reason,
      success: BulkResult
    })
      .annotate(OpenApi.Summary, "Retry all failed jobs that a filter matches").annotate(
        OpenApi.Description,
        "With `dry_run`, says how many there are and what they would cost, and changes nothing."
      ),
    HttpApiEndpoint.post("cancelAll", "/api/v1/jobs/cancel", {
      payload: BulkChange,
      headers: reason,
      success: BulkResult
    })
      .annotate(OpenApi.Summary, "Cancel all unfinished jobs that a filter matches").annotate(
        OpenApi.Description,
        "With `dry_run`, says how many there are, and changes nothing."
      ),
    HttpApiEndpoint.get("metrics", "/metrics", {
      success: Schema.String.pipe(HttpApiSchema.asText({ contentType: "text/plain; version=0.0.4" }))
    }).annotate(OpenApi.Summary, "Metrics for Prometheus").annotate(OpenApi.Description, "In Prometheus' text format.")
      .annotate(Scraped, true),
    HttpApiEndpoint.get("held", "/api/v1/operations/held", {
      success: Schema.Struct({ jobs: Schema.Array(HeldJob) })
    }).annotate(OpenApi.Summary, "Jobs that workers hold").annotate(
      OpenApi.Description,
      "Which worker has which job, for how long, and when its lease ends."
    ),
    HttpApiEndpoint.get("costs", "/api/v1/costs", { success: Costs }).annotate(OpenApi.Summary, "What embedding costs")
      .annotate(OpenApi.Description, "What was paid by hour, month, user and model."),
    HttpApiEndpoint.get("capacity", "/api/v1/capacity", { success: Capacity }).annotate(
      OpenApi.Summary,
      "What the database holds"
    ).annotate(OpenApi.Description, "Sizes and growth of the tables, and what retention has removed.")
  ).annotateEndpoints(RequiredRole, "operator")
{}
