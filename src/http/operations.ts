/** Dependencies and budgets, for operators and admins. */
import { Effect, Layer } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { Budgets } from "../../services/Budgets.ts"
import { type Circuit, Circuits } from "../../services/Circuits.ts"
import { Api } from "../api/Api.ts"
import type { ProviderView } from "../api/operations.ts"
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
        return { providers: (yield* circuits.list).map(toView) }
      }),
      reset: handler("http.providers.reset", function*({ params: { name }, payload: { reason } }) {
        const reset = yield* circuits.reset(name, { ...(yield* byCaller), reason })
        return toView(yield* orMissing(reset, () => inService(name)))
      })
    })
  })
)

const toView = (circuit: Circuit): ProviderView => ({ ...circuit, name: circuit.dependency })

const inService = (name: string) =>
  new Conflict({ code: "PROVIDER_IN_SERVICE", detail: `The circuit of ${name} is closed: there is nothing to reset.` })

const BudgetsLive = HttpApiBuilder.group(
  Api,
  "budgets",
  Effect.fnUntraced(function*(handlers) {
    const budgets = yield* Budgets
    return handlers.handleAll({
      list: handler("http.budgets.list", function*() {
        return { budgets: yield* budgets.list }
      }),
      set: handler("http.budgets.set", function*({ payload: { limit_usd, user_id } }) {
        return yield* budgets.set(user_id, limit_usd, yield* byCaller)
      })
    })
  })
)

export const OperationsLive = Layer.mergeAll(ProvidersLive, BudgetsLive)
