/** For admins: what was deployed, what each step found, and how it ended. */
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, OpenApi } from "effect/http-api"
import { nullFirst } from "../domain/nullFirst.ts"
import { Before, ReleaseCheck, ReleaseId, ReleaseOutcome, ReleaseRequest, ReleaseVerdict } from "../domain/Release.ts"
import { snakeKeys } from "../domain/snakeKeys.ts"
import { RequiredRole } from "./annotations.ts"
import { limit } from "./fields.ts"
import { PlainText } from "./PlainText.ts"
import { NotFound } from "./Problem.ts"

const time = Schema.DateTimeUtcFromString

const ReleaseView = snakeKeys({
  releaseId: ReleaseId,
  environment: Schema.String,
  version: Schema.String,
  startedBy: Schema.String,
  startedAt: time,
  /** What a rollback brings back. */
  before: Before,
  /** What a person asked for while it was under way, and why. */
  request: Schema.NullOr(ReleaseRequest),
  requestReason: Schema.NullOr(Schema.String),
  /** Null: under way. */
  outcome: Schema.NullOr(ReleaseOutcome),
  endedAt: nullFirst(time),
  reason: Schema.NullOr(Schema.String),
  /** Whether a command works on it. */
  held: Schema.Boolean
})

/** Newest first. */
export const ReleaseList = Schema.Struct({ releases: Schema.Array(ReleaseView) })

const ReleaseStepView = snakeKeys({
  /** As in docs/deploying.md; a later release may have others. */
  step: Schema.String,
  verdict: ReleaseVerdict,
  /** A figure is given with its sample size and interval. */
  checks: Schema.Array(ReleaseCheck),
  endedAt: time
})

/** Steps in the order in which they ended. */
export const ReleaseHistory = Schema.Struct({ release: ReleaseView, steps: Schema.Array(ReleaseStepView) })

export class ReleasesGroup
  extends HttpApiGroup.make("releases").annotate(OpenApi.Description, "Deployments, for admins.").add(
    HttpApiEndpoint.get("list", "/api/v1/releases", {
      query: { environment: Schema.optionalKey(PlainText), limit },
      success: ReleaseList
    }).annotate(OpenApi.Summary, "Deployments, newest first").annotate(
      OpenApi.Description,
      "What `accessa deploy run` did in each environment, and how it ended."
    ),
    HttpApiEndpoint.get("get", "/api/v1/releases/:release_id", {
      params: { release_id: ReleaseId },
      success: ReleaseHistory,
      error: NotFound
    }).annotate(OpenApi.Summary, "A deployment, and what each of its steps found").annotate(
      OpenApi.Description,
      "The verdict of each step, with its checks."
    )
  ).annotateEndpoints(RequiredRole, "admin")
{}
