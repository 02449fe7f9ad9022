/** The contract, settings and workers of an environment against the recorded ones. */
import { nearestName } from "../../domain/nearestName.ts"
import { checked, listed } from "../checked.ts"
import type { Facts } from "./Baseline.ts"

export const compareProcesses = (recorded: Facts, now: Facts) => [
  compareContract(recorded.routes, now.routes),
  compareNames(recorded, now),
  compareShapes(recorded, now),
  compareWorkers(now),
  compareNode(recorded.node, now.node)
]

const compareContract = (recorded: Facts["routes"], now: Facts["routes"]) => {
  const names = Object.keys(recorded)
  const check = checked("api", "contract", `${names.length} routes as recorded`)
  if (names.length === 0) return check.inconclusive("the baseline has no routes", "Record it again.")
  const faults = [
    ...names.filter((name) => now[name] === undefined).map((name) => `${name} is missing`),
    ...names.filter((name) => now[name] !== undefined && now[name] !== recorded[name]).map((name) => `${name} differs`),
    ...Object.keys(now).filter((name) => recorded[name] === undefined).map((name) => `${name} is new`)
  ]
  return faults.length === 0
    ? check.pass(`${names.length} routes as recorded`)
    : check.fail(listed(faults), "Deploy the API of the recorded release, or record a baseline with this one.", faults)
}

/** A renamed variable is one name that is gone and another that is new. */
const compareNames = (recorded: Facts, now: Facts) => {
  const check = checked(
    "configuration",
    "names",
    `${Object.keys(recorded.settings).length} settings by their recorded names`
  )
  if (Object.keys(now.settings).length === 0) return check.inconclusive("the API names no settings", "Update the API.")
  const added = Object.keys(now.settings).filter((name) => recorded.settings[name] === undefined)
  const gone = Object.keys(recorded.settings).filter((name) => now.settings[name] === undefined).map((name) => {
    const nearest = nearestName(name, added)
    return `${name} is no longer a setting${nearest === undefined ? "" : `; ${nearest} is new`}`
  })
  const misspelled = now.nearMisses.map(({ meant, name }) => `${name} is set, but the setting is ${meant}`)
  const faults = [...gone, ...misspelled]
  return faults.length === 0
    ? check.pass("all are there", added.map((name) => `new: ${name}`))
    : check.fail(listed(faults), "Rename the variable in the environment; docs/settings.md lists all.", faults)
}

/** Where a process stands and what it writes, not what it does. */
const ofThePlace = /_PORT$|^ACCESSA_(?:DATA_DIR|VERSION|URL|API_KEY)$|^LOG_|^NODE_|^OTEL_/

const compareShapes = (recorded: Facts, now: Facts) => {
  const check = checked("configuration", "shapes", "every recorded setting is set, to the same kind of value")
  const differences = Object.entries(recorded.settings).flatMap(([name, shape]) => {
    const found = now.settings[name]
    return found === undefined || found === shape || ofThePlace.test(name) ? [] : [{ name, shape, found }]
  })
  const told = differences.map(({ found, name, shape }) => `${name} was ${shape}, is ${found}`)
  if (recorded.environment !== now.environment) {
    return check.pass(`${now.environment} differs from ${recorded.environment} in ${told.length} settings`, told)
  }
  const lost = differences.filter(({ shape }) => shape !== "unset").map(({ found, name, shape }) =>
    `${name} was ${shape}, is ${found}`
  )
  return lost.length === 0
    ? check.pass("they are", told)
    : check.fail(listed(lost), "Set it to the recorded value, or record a new baseline.", told)
}

const compareWorkers = ({ version, workers }: Facts) => {
  const check = checked("workers", "version", `a running worker, and all of the API's release ${version}`)
  const evidence = workers.map((worker) => `${worker.state}, release ${worker.version}`)
  const running = workers.filter(({ state }) => state === "running")
  if (running.length === 0) return check.fail("no worker is running", "Start one with `pnpm worker`.", evidence)
  const others = running.filter((worker) => worker.version !== version)
  return others.length === 0
    ? check.pass(`${running.length} running, of release ${version}`, evidence)
    : check.fail(
      `${others.length} of ${running.length} running workers: release ${
        listed([...new Set(others.map((worker) => worker.version))])
      }`,
      "Deploy the worker from the same commit as the API.",
      evidence
    )
}

const compareNode = (recorded: string, now: string) => {
  const major = (version: string) => version.split(".")[0]
  const check = checked("api", "node", `Node.js ${major(recorded)}`)
  return major(recorded) === major(now)
    ? check.pass(now)
    : check.fail(now, "Run it with the Node.js that package.json names (node-runtime).")
}
