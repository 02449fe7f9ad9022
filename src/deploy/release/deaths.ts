/** Whether workers of the new version die: a platform starts them again, and each looks healthy until it dies. */
import { type DateTime, Effect } from "effect"
import { Releases } from "../../../services/Releases.ts"
import type { ReleaseCheck } from "../../domain/Release.ts"
import { toleratedDeaths } from "../../policy/releases.ts"
import { Running } from "./Running.ts"

export const deaths = Effect.fnUntraced(function*(since: DateTime.Utc) {
  const releases = yield* Releases
  const { held } = yield* Running
  const count = yield* releases.lostWorkers(held, since)
  const check: ReleaseCheck = {
    check: "deaths",
    verdict: count > toleratedDeaths ? "fail" : "pass",
    found: count === 1 ? "1 worker of the new version has died" : `${count} workers of the new version have died`
  }
  return check
})
