/** Deployments, for admins. */
import { Effect, Option } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { Releases } from "../../services/Releases.ts"
import { Api } from "../api/Api.ts"
import { NotFound } from "../api/Problem.ts"
import { handler } from "./middleware/serviceProblem.ts"
import { orMissing } from "./server/orMissing.ts"

export const ReleasesLive = HttpApiBuilder.group(
  Api,
  "releases",
  Effect.fnUntraced(function*(handlers) {
    const releases = yield* Releases
    return handlers.handleAll({
      list: handler("http.releases.list", function*({ query: { environment, limit = 50 } }) {
        return { releases: yield* releases.list(Option.fromUndefinedOr(environment), limit) }
      }),
      get: handler("http.releases.get", function*({ params: { release_id } }) {
        const release = yield* orMissing(
          yield* releases.find(release_id),
          () => new NotFound({ code: "RELEASE_NOT_FOUND", detail: `There is no release ${release_id}.` })
        )
        return { release, steps: yield* releases.steps(release_id) }
      })
    })
  })
)
