/** What this installation is made of, and a control of its speed, for admins. */
import { Clock, Effect } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { Diagnosis } from "../../services/Diagnosis.ts"
import { Api } from "../api/Api.ts"
import { sha256 } from "../domain/hash.ts"
import { handler } from "./middleware/serviceProblem.ts"
import { HttpOptions } from "./server/HttpOptions.ts"

/** A few milliseconds of work. */
const fixedBytes = new Uint8Array(1_000_000)

export const InstallationLive = HttpApiBuilder.group(
  Api,
  "installation",
  Effect.fnUntraced(function*(handlers) {
    const diagnosis = yield* Diagnosis
    const { installation } = yield* HttpOptions
    return handlers.handleAll({
      get: handler("http.installation.get", function*() {
        return { database: yield* diagnosis.installation, api: installation }
      }),
      control: handler("http.installation.control", function*() {
        const before = yield* Clock.currentTimeNanos
        yield* Effect.sync(() => sha256(fixedBytes))
        yield* diagnosis.now
        return { took_ms: Number((yield* Clock.currentTimeNanos) - before) / 1e6 }
      })
    })
  })
)
