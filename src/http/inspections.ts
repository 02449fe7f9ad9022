/** Inspections: by the API itself, at once, and by a worker, through its queue. */
import { Effect } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { Inspections } from "../../services/Inspections.ts"
import { Inspector } from "../../services/Inspector.ts"
import { Api } from "../api/Api.ts"
import { NotFound } from "../api/Problem.ts"
import { handler } from "./middleware/serviceProblem.ts"
import { byCaller } from "./server/byCaller.ts"
import { orMissing } from "./server/orMissing.ts"

export const InspectionsLive = HttpApiBuilder.group(
  Api,
  "inspections",
  Effect.fnUntraced(function*(handlers) {
    const inspections = yield* Inspections
    const inspector = yield* Inspector
    return handlers.handleAll({
      ofApi: handler("http.inspections.ofApi", function*() {
        return yield* inspector.look
      }),
      order: handler("http.inspections.order", function*() {
        return yield* inspections.order(yield* byCaller)
      }),
      get: handler("http.inspections.get", function*({ params: { inspection_id } }) {
        return yield* orMissing(yield* inspections.find(inspection_id), missing)
      })
    })
  })
)

const missing = () => new NotFound({ code: "NOT_FOUND", detail: "There is no such inspection." })
