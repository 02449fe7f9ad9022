/** For operators and admins: the services behind the pipeline, the storage, budgets. */
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, OpenApi } from "effect/http-api"
import { CircuitState } from "../domain/Circuit.ts"
import { Dependency } from "../domain/Dependency.ts"
import { ErrorCode } from "../domain/ErrorCode.ts"
import { DocumentId, UserId } from "../domain/Ids.ts"
import { nullFirst } from "../domain/nullFirst.ts"
import { snakeKeys } from "../domain/snakeKeys.ts"
import { RequiredRole } from "./annotations.ts"
import { reason, writtenReason } from "./fields.ts"
import { Idempotency } from "./Idempotency.ts"
import { Conflict } from "./Problem.ts"

const time = Schema.DateTimeUtcFromString

export const ProviderView = snakeKeys({
  name: Dependency,
  /** `open`: too many consecutive failures. `halted`: the service refuses us. `half_open`: a probe is under way. */
  state: CircuitState,
  /** Why the circuit is open; null while it is closed. */
  code: Schema.NullOr(ErrorCode),
  message: Schema.NullOr(Schema.String),
  failures: Schema.Int,
  openedAt: nullFirst(time),
  /** When the next probe may be made. */
  probeAt: nullFirst(time),
  since: time,
  updatedBy: Schema.String,
  /** The reason of the operator who reset it. */
  reason: Schema.NullOr(Schema.String)
})
export type ProviderView = typeof ProviderView.Type
export const ProviderList = Schema.Struct({ providers: Schema.Array(ProviderView) })

export const ProviderReset = Schema.Struct({ reason: writtenReason })

export const StorageCheck = snakeKeys({
  /** Documents checked in this page. */
  documents: Schema.Int,
  /** Objects that they name but the storage does not have. */
  missing: Schema.Array(Schema.Struct({ user_id: UserId, document_id: DocumentId, path: Schema.String })),
  nextCursor: Schema.NullOr(Schema.String)
})

export const BudgetView = snakeKeys({
  /** Null: the overall budget. */
  userId: Schema.NullOr(UserId),
  /** Per calendar month (UTC): the user's own limit, or the default one. Null: no limit. */
  limitUsd: Schema.OptionFromNullOr(Schema.Finite),
  /** Spent this month, including calls under way. */
  spentUsd: Schema.Finite,
  renewsAt: time
})
export const BudgetList = Schema.Struct({ budgets: Schema.Array(BudgetView) })

const NewBudget = Schema.Struct({
  user_id: Schema.NullOr(UserId),
  limit_usd: Schema.NullOr(Schema.Finite.check(Schema.isBetween({ minimum: 0, maximum: 1_000_000_000 })))
})

export class ProvidersGroup extends HttpApiGroup.make("providers").annotate(
  OpenApi.Description,
  "The services behind the pipeline, for operators."
).add(
  HttpApiEndpoint.get("list", "/", { success: ProviderList }).annotate(
    OpenApi.Summary,
    "The services behind the pipeline"
  ).annotate(OpenApi.Description, "Whether the circuit of each is open, since when and why."),
  HttpApiEndpoint.post("reset", "/:name/reset", {
    params: { name: Dependency },
    payload: ProviderReset,
    success: ProviderView,
    error: Conflict
  }).annotate(OpenApi.Summary, "Close the circuit of a service").annotate(
    OpenApi.Description,
    "Calls go through again at once, for instance after a key was corrected. The audit log keeps the reason."
  )
).annotateEndpoints(RequiredRole, "operator").middleware(Idempotency).prefix("/api/v1/providers") {}

export class StorageGroup
  extends HttpApiGroup.make("storage").annotate(OpenApi.Description, "Checks of the object storage, for operators.")
    .add(
      HttpApiEndpoint.get("check", "/api/v1/storage/check", {
        query: {
          cursor: Schema.optionalKey(Schema.String),
          /** Documents to check; 200 if absent. */
          limit: Schema.optionalKey(Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 1_000 })))
        },
        success: StorageCheck
      }).annotate(OpenApi.Summary, "Find lost files").annotate(
        OpenApi.Description,
        "Checks whether the storage has the files that documents refer to. Files that no document refers to are "
          + "removed by the workers."
      )
    ).annotateEndpoints(RequiredRole, "operator")
{}

export class BudgetsGroup
  extends HttpApiGroup.make("budgets").annotate(OpenApi.Description, "Monthly budgets, for admins.").add(
    HttpApiEndpoint.get("list", "/", { success: BudgetList }).annotate(OpenApi.Summary, "Budgets and what was spent")
      .annotate(OpenApi.Description, "Limits and this month's spending, of each user and in total."),
    HttpApiEndpoint.put("set", "/", {
      payload: NewBudget,
      headers: reason,
      success: BudgetView
    }).annotate(OpenApi.Summary, "Set a budget").annotate(
      OpenApi.Description,
      "Limits what a user, or all users together, may spend in a month. A limit of null removes it. Documents that would exceed it wait."
    )
  ).annotateEndpoints(RequiredRole, "admin").middleware(Idempotency).prefix("/api/v1/budgets")
{}
