/** The part of the API's contract for operators and admins: the services behind the pipeline, alerts, budgets. */
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, OpenApi } from "effect/http-api"
import { Dependency } from "../domain/ServiceError.ts"
import { Access } from "./Access.ts"
import { Idempotency } from "./Idempotency.ts"
import {
  AlertList,
  BudgetList,
  BudgetView,
  NewBudget,
  ProviderList,
  ProviderReset,
  ProviderView,
  StorageCheck
} from "./OperationsView.ts"
import { Conflict } from "./Problem.ts"

export class ProvidersGroup extends HttpApiGroup.make("providers").add(
  HttpApiEndpoint.get("list", "/", { success: ProviderList }),
  HttpApiEndpoint.post("reset", "/:name/reset", {
    params: { name: Dependency },
    payload: ProviderReset,
    success: ProviderView,
    error: Conflict
  })
).middleware(Idempotency).middleware(Access).prefix("/api/v1/providers") {}

export class AlertsGroup extends HttpApiGroup.make("alerts").add(
  HttpApiEndpoint.get("list", "/api/v1/alerts", {
    query: {
      /** Those that are open, if absent. */
      which: Schema.optionalKey(Schema.Literals(["open", "all"]))
    },
    success: AlertList
  })
).middleware(Access) {}

export class StorageGroup extends HttpApiGroup.make("storage").add(
  HttpApiEndpoint.get("check", "/api/v1/storage/check", {
    query: {
      cursor: Schema.optionalKey(Schema.String),
      /** Documents looked at; 200 if absent. */
      limit: Schema.optionalKey(Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 1_000 })))
    },
    success: StorageCheck
  }).annotate(OpenApi.Summary, "Look for lost files").annotate(
    OpenApi.Description,
    "Whether the storage has the files that documents name. Files that no document names are removed by the workers."
  )
).middleware(Access) {}

export class BudgetsGroup extends HttpApiGroup.make("budgets").add(
  HttpApiEndpoint.get("list", "/", { success: BudgetList }),
  HttpApiEndpoint.put("set", "/", {
    payload: NewBudget,
    headers: {
      /** Why; the audit log keeps it. */
      "x-reason": Schema.optionalKey(Schema.String)
    },
    success: BudgetView
  })
).middleware(Idempotency).middleware(Access).prefix("/api/v1/budgets") {}
