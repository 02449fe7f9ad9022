/** Where the dashboard is, and whether it answers there. */
import { Effect } from "effect"
import { Flag } from "effect/cli"
import { HttpClient } from "effect/http"
import type { Finding } from "../../domain/Finding.ts"
import { HttpUrl } from "../../settings/Setting.ts"
import { addressOf, usualAddress } from "../../settings/table.ts"

export const dashboardFlag = Flag.String("dashboard-url").pipe(
  Flag.withDescription(`The dashboard's address (DASHBOARD_URL; ${usualAddress("DASHBOARD_URL")})`),
  Flag.withSchema(HttpUrl),
  Flag.withFallbackConfig(addressOf("DASHBOARD_URL", "local"))
)

/** A monitor that sends heartbeats may still serve no page: another program may have its port. */
export const dashboardFinding = (url: URL): Effect.Effect<Finding, never, HttpClient.HttpClient> =>
  HttpClient.get(new URL("/health", url)).pipe(
    Effect.flatMap((answer) => Effect.map(answer.text, () => answer.status === 200)),
    Effect.timeout("5 seconds"),
    Effect.match({ onFailure: () => false, onSuccess: (ok) => ok }),
    Effect.map((ok) => ({
      name: "dashboard",
      ok,
      expected: "the dashboard answers",
      found: ok ? `answers at ${url.origin}` : `does not answer at ${url.origin}`,
      repair: ok ? "" : "Start it with `pnpm start` or `pnpm monitor`, or pass its address with --dashboard-url."
    }))
  )
