/** Dependencies, alerts and budgets, for operators and admins. */
import { Effect, Layer } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { type Alert, Alerts } from "../../services/Alerts.ts"
import { type Budget, Budgets } from "../../services/Budgets.ts"
import { type Circuit, Circuits } from "../../services/Circuits.ts"
import { Api } from "../api/Api.ts"
import type { BudgetView, ProviderView } from "../api/operations.ts"
import { Conflict } from "../api/Problem.ts"
import { handler } from "./middleware/serviceProblem.ts"
import { byCaller } from "./server/byCaller.ts"
import { orMissing } from "./server/orMissing.ts"

const ProvidersLive = HttpApiBuilder.group(
  Api,
  "providers",
  Effect.fnUntraced(function*(handlers) {
    const circuits = yield* Circuits
    return handlers.handleAll({
      list: handler("http.providers.list", function*() {
        return { providers: (yield* circuits.list).map(toProviderView) }
      }),
      reset: handler("http.providers.reset", function*({ params: { name }, payload: { reason } }) {
        const reset = yield* circuits.reset(name, { ...(yield* byCaller), reason })
        return toProviderView(yield* orMissing(reset, () => inService(name)))
      })
    })
  })
)

const inService = (name: string) =>
  new Conflict({ code: "PROVIDER_IN_SERVICE", detail: `The circuit of ${name} is closed: there is nothing to reset.` })

const AlertsLive = HttpApiBuilder.group(
  Api,
  "alerts",
  Effect.fnUntraced(function*(handlers) {
    const alerts = yield* Alerts
    return handlers.handleAll({
      list: handler("http.alerts.list", function*({ query: { which = "open" } }) {
        return { alerts: (yield* alerts.list(which)).map(toAlertView) }
      })
    })
  })
)

const BudgetsLive = HttpApiBuilder.group(
  Api,
  "budgets",
  Effect.fnUntraced(function*(handlers) {
    const budgets = yield* Budgets
    return handlers.handleAll({
      list: handler("http.budgets.list", function*() {
        return { budgets: (yield* budgets.list).map(toBudgetView) }
      }),
      set: handler("http.budgets.set", function*({ payload: { limit_usd, user_id } }) {
        return toBudgetView(yield* budgets.set(user_id, limit_usd, yield* byCaller))
      })
    })
  })
)

export const OperationsLive = Layer.mergeAll(ProvidersLive, AlertsLive, BudgetsLive)

const toProviderView = (circuit: Circuit): ProviderView => ({
  name: circuit.dependency,
  state: circuit.state,
  code: circuit.code,
  message: circuit.message,
  failures: circuit.failures,
  opened_at: circuit.openedAt,
  probe_at: circuit.probeAt,
  since: circuit.since,
  updated_by: circuit.updatedBy,
  reason: circuit.reason
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
