/** The database connections that all processes may hold at once: docs/databases.md lists what each one opens. */
import { bounds } from "../../policy/bounds.ts"
import type { Part, Unit } from "./Unit.ts"

const byDefault = 8
const notifications = 1
const ofMonitor = 3

const connectionsOf = (part: Part, settings: Unit["settings"]): number => {
  const given = (name: string, otherwise: number) => Number(settings[name] ?? otherwise)
  const statements = given("DATABASE_CONNECTIONS", byDefault)
  switch (part) {
    case "api":
      return statements + notifications + given(bounds.searches.setting, bounds.searches.byDefault) +
        given(bounds.checks.setting, bounds.checks.byDefault)
    case "worker":
      return statements + notifications
    case "monitor":
      return ofMonitor
    case "migrate":
      return statements
    case "cli":
      return 0
  }
}

export interface Share {
  readonly name: string
  readonly instances: number
  readonly connections: number
}

export const connectionShares = (units: ReadonlyArray<Unit>): ReadonlyArray<Share> =>
  units.flatMap(({ most, name, part, settings }) =>
    part === undefined ? [] : [{ name, instances: most, connections: most * connectionsOf(part, settings) }]
  )

/** Undefined if they fit. */
export const overCommitted = (shares: ReadonlyArray<Share>, allowed: number): string | undefined => {
  const sum = shares.reduce((total, { connections }) => total + connections, 0)
  const parts = shares.filter(({ connections }) => connections > 0).map(({ connections, instances, name }) =>
    `${name} ${connections} (${instances} at once)`
  )
  return sum <= allowed
    ? undefined
    : `up to ${sum} database connections, of which ${allowed} are allowed: ${parts.join(", ")}`
}
