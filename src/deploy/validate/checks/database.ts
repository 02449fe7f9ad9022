/** The database, as the service's own connection sees it. */
import { type Check, fail, faultless, given, pass } from "../Check.ts"
import type { Facts } from "../Facts.ts"
import { addressOf, inspectionOf, partOf, unreachable } from "../sight.ts"

const sightOf = (facts: Facts) => partOf(facts, ({ database }) => database)

const embedded = "the embedded database, in the process itself"

const finding = (check: string, proves: string, repair: string): Check => ({
  check,
  proves,
  repair,
  needs: ["ofApi", "ofWorker"],
  judge: (facts) =>
    given("as this release ships it", sightOf(facts), ({ findings }) => {
      const found = findings.find(({ name }) => name === check)
      if (found === undefined) return fail("as this release ships it", "not checked")
      return found.ok ? pass(found.expected, found.found) : fail(found.expected, found.found)
    })
})

const atLeast = (found: string, expected: string): boolean => {
  const [is, least] = [found, expected].map((version) => version.split(".").map((part) => Number.parseInt(part, 10)))
  for (const [place, number] of (least ?? []).entries()) {
    const there = is?.[place] ?? 0
    if (there !== number) return there > number
  }
  return true
}

export const database: ReadonlyArray<Check> = [
  {
    check: "connection",
    proves: "The service connects with its own credentials.",
    repair: "Correct DATABASE_URL of the process, or start the database.",
    needs: ["ofApi", "ofWorker"],
    judge: (facts) =>
      given("the service is connected", inspectionOf(facts), ({ database: { fault, found } }) =>
        found === null
          ? fail("the service is connected", fault ?? "it is not")
          : pass("the service is connected", `a round trip takes ${found.roundTripMs.toFixed(1)} ms`))
  },
  {
    check: "reach",
    proves: "The process reaches the database's host over IPv4 and IPv6, as configured.",
    repair:
      "Name a host that has such an address, in DATABASE_URL: Supabase's own host has IPv6 only, its session pooler IPv4.",
    needs: ["ofApi", "ofWorker"],
    judge: (facts, { database, environment }) => {
      const expected = `it answers over ${database.reach.join(" and ") || "no network"}`
      return given(expected, inspectionOf(facts), (inspection) => {
        const address = addressOf(inspection, "database")
        if (address === undefined) {
          return environment === "local" ? pass(expected, embedded) : fail(expected, "DATABASE_URL is not set")
        }
        return faultless(expected, `${address.host}:${address.port} answers`, unreachable(address, database.reach))
      })
    }
  },
  {
    check: "session",
    proves: "The connection keeps a session: a pooler in transaction mode loses notifications.",
    repair: "Use the pooler's session mode (Supabase: port 5432), or the server itself.",
    needs: ["ofApi", "ofWorker"],
    judge: (facts, { database: { pooler } }) => {
      const expected = pooler === "session" ? "a pooler in session mode" : "a dedicated session"
      return given(
        expected,
        sightOf(facts),
        ({ hears }) => hears ? pass(expected, "a notification arrives") : fail(expected, "a notification never arrived")
      )
    }
  },
  {
    check: "version",
    proves: "Postgres and pgvector are new enough.",
    repair: "Update the server, or the extension with ALTER EXTENSION vector UPDATE.",
    needs: ["ofApi", "ofWorker"],
    judge: (facts, { database }) => {
      const expected = `Postgres ${database.postgres} and pgvector ${database.pgvector}, or newer`
      return given(
        expected,
        sightOf(facts),
        ({ pgvector, postgres }) =>
          faultless(expected, `Postgres ${postgres}, pgvector ${pgvector}`, [
            ...(atLeast(postgres, String(database.postgres)) ? [] : [`Postgres is ${postgres}`]),
            ...(atLeast(pgvector, database.pgvector) ? [] : [`pgvector is ${pgvector || "not installed"}`])
          ])
      )
    }
  },
  finding(
    "migrations",
    "All migrations of this release have run, unchanged.",
    "Run `pnpm migrate` before the release."
  ),
  finding(
    "schema",
    "Tables, columns, policies and functions are as shipped.",
    "Undo the change by hand with the definition in migrations/schema.sql; `pnpm migrate` restores privileges."
  ),
  finding("indexes", "Every index is valid.", "Run REINDEX INDEX CONCURRENTLY for each, as the owner of the tables."),
  finding(
    "grants",
    "No other role, such as Supabase's anon, has privileges on our tables and functions.",
    "Run `pnpm migrate` as the owner of the tables: it revokes them."
  ),
  {
    check: "roles",
    proves: "The service runs as accessa_service; neither it nor its login owns objects or bypasses row security.",
    repair: "Connect as a login that is only a member of accessa_service and accessa_user: docs/tenancy.md.",
    needs: ["ofApi", "ofWorker"],
    judge: (facts, { environment }) => {
      const expected = environment === "local"
        ? "accessa_service, without elevated privileges"
        : "accessa_service and a login, without elevated privileges"
      return given(
        expected,
        sightOf(facts),
        ({ login, powers, role }) =>
          faultless(expected, `${role}, logged in as ${login}`, [
            ...(role === "accessa_service" ? [] : [`the service runs as ${role}`]),
            // A laptop's own database has one login, which may do everything.
            ...powers.filter((power) => environment !== "local" || power.startsWith(`${role} `))
          ])
      )
    }
  },
  {
    check: "row_security",
    proves: "Under the service's role for users, no user can read or write another's rows: tried, and rolled back.",
    repair: "Restore the policies from migrations/schema.sql, and find out who changed them.",
    needs: ["ofApi", "ofWorker"],
    judge: (facts) => {
      const expected = "each user reaches their own rows, and no others"
      return given(
        expected,
        sightOf(facts),
        ({ trespasses }) => faultless(expected, "every attempt was refused", trespasses)
      )
    }
  }
]
