/** The database of an environment against the recorded one. */
import { checked, listed } from "../checked.ts"
import type { Facts } from "./Baseline.ts"

/** The contents of the tables, and the objects that act on them. */
const ownKinds = [
  /^(?:column|constraint) (\w+)\./,
  /^(?:policy|trigger) \S+ ON (\w+)/,
  /^privileges on (\w+) TO/
]

const oldestPostgres = 15

export const compareSchema = (recorded: Facts, now: Facts) => [
  compareMigration(recorded.migration, now.migration),
  compareObjects(recorded.objects, now.objects),
  compareServer(now)
]

const compareMigration = (recorded: number, now: number) => {
  const check = checked("database", "migrations", `migration ${recorded}`)
  if (now === recorded) return check.pass(`migration ${now}`)
  return now < recorded
    ? check.fail(`migration ${now}: ${recorded - now} missing`, "Run `pnpm migrate` with this release.")
    : check.fail(`migration ${now}, newer than the baseline`, "Record a baseline with the release that is deployed.")
}

const compareObjects = (recorded: Facts["objects"], now: Facts["objects"]) => {
  const names = Object.keys(recorded)
  const check = checked("database", "schema", `${names.length} objects as recorded`)
  if (names.length === 0) return check.inconclusive("the baseline has no schema", "Record it again.")
  const missing = names.filter((name) => now[name] === undefined).map((name) => `${name} is missing`)
  const changed = names.filter((name) => now[name] !== undefined && now[name] !== recorded[name])
    .map((name) => `${name} differs`)
  const added = Object.keys(now).filter((name) => recorded[name] === undefined)
  const ours = added.filter((name) => {
    const table = ownKinds.map((kind) => kind.exec(name)?.[1]).find((found) => found !== undefined)
    return table !== undefined && recorded[`table ${table}`] !== undefined
  }).map((name) => `${name} is new`)
  const faults = [...missing, ...changed, ...ours]
  return faults.length === 0
    ? check.pass(`${names.length} objects as recorded`, added.map((name) => `not in the baseline: ${name}`))
    : check.fail(
      listed(faults),
      "Run `pnpm migrate`; undo what was changed by hand (`accessa doctor` says what); or record a baseline with this release.",
      faults
    )
}

const compareServer = ({ pgvector, postgres }: Facts) => {
  const check = checked("database", "server", `PostgreSQL ${oldestPostgres} or newer, with pgvector`)
  const found = `PostgreSQL ${postgres}, ${pgvector === "" ? "without pgvector" : `pgvector ${pgvector}`}`
  return Number.parseInt(postgres, 10) >= oldestPostgres && pgvector !== ""
    ? check.pass(found)
    : check.fail(found, "Install the extension vector, or move to a newer PostgreSQL.")
}
