/** The services behind the pipeline, the alerts about them, and the budgets: seen, and put right by a person. */
import { Effect, Layer, Option } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { type Budget, Budgets } from "../../services/Budgets.ts"
import { type Alert, type Provider, Providers } from "../../services/Providers.ts"
import { Api } from "../api/Api.ts"
import { Correlation } from "../api/Correlation.ts"
import type { BudgetView, ProviderView } from "../api/OperationsView.ts"
import { Conflict } from "../api/Problem.ts"
import { stageProblem } from "./middleware/stageProblem.ts"
import { byCaller } from "./server/byCaller.ts"

const ProvidersLive = HttpApiBuilder.group(
  Api,
  "providers",
  Effect.fnUntraced(function*(handlers) {
    const providers = yield* Providers
    return handlers
      .handle("list", () =>
        providers.list.pipe(
          Effect.map((found) => ({ providers: found.map(toProviderView) })),
          stageProblem
        ))
      .handle(
        "reset",
        Effect.fn("http.providers.reset")(function*({ params: { name }, payload: { reason } }) {
          const reset = yield* providers.reset(name, { ...(yield* byCaller), reason })
          if (Option.isSome(reset)) return toProviderView(reset.value)
          const detail = `The ${name} is in service: there is nothing to reset.`
          return yield* new Conflict({ code: "PROVIDER_IN_SERVICE", detail, correlation_id: yield* Correlation })
        }, stageProblem)
      )
  })
)

const AlertsLive = HttpApiBuilder.group(
  Api,
  "alerts",
  Effect.fnUntraced(function*(handlers) {
    const providers = yield* Providers
    return handlers.handle("list", ({ query: { which = "open" } }) =>
      providers.alerts(which).pipe(
        Effect.map((found) => ({ alerts: found.map(toAlertView) })),
        stageProblem
      ))
  })
)

const BudgetsLive = HttpApiBuilder.group(
  Api,
  "budgets",
  Effect.fnUntraced(function*(handlers) {
    const budgets = yield* Budgets
    return handlers
      .handle("list", () =>
        budgets.list.pipe(
          Effect.map((found) => ({ budgets: found.map(toBudgetView) })),
          stageProblem
        ))
      .handle(
        "set",
        Effect.fn("http.budgets.set")(function*({ payload: { limit_usd, user_id } }) {
          return toBudgetView(yield* budgets.set(user_id, limit_usd, yield* byCaller))
        }, stageProblem)
      )
  })
)

export const OperationsLive = Layer.mergeAll(ProvidersLive, AlertsLive, BudgetsLive)

const toProviderView = (provider: Provider): ProviderView => ({
  name: provider.dependency,
  state: provider.state,
  code: provider.code,
  message: provider.message,
  failures: provider.failures,
  opened_at: provider.openedAt,
  probe_at: provider.probeAt,
  since: provider.since,
  updated_by: provider.updatedBy,
  reason: provider.reason
})

const toAlertView = (alert: Alert) => ({
  alert_id: alert.alertId,
  key: alert.key,
  code: alert.code,
  message: alert.message,
  count: alert.count,
  opened_at: alert.openedAt,
  seen_at: alert.seenAt,
  closed_at: alert.closedAt
})

const toBudgetView = ({ limitUsd, renewsAt, spentUsd, userId }: Budget): BudgetView => ({
  user_id: userId,
  limit_usd: limitUsd,
  spent_usd: spentUsd,
  renews_at: renewsAt
})
