/** The settings of the process, by name and shape, against what the environment is expected to have. */
import { fitsPattern } from "../../../domain/fitsPattern.ts"
import type { ProcessInstallation } from "../../../domain/Installation.ts"
import { settingNames } from "../../../settings/table.ts"
import { type Check, fail, faultless, given, pass } from "../Check.ts"
import type { Expectations } from "../Expectations.ts"
import { addressOf, inspectionOf, isOnThisMachine } from "../sight.ts"

const isSet = ({ settings }: ProcessInstallation, name: string): boolean =>
  settings.some((setting) => setting.name === name && setting.shape !== "unset")

/** What stands beside the process on its own machine by design. */
const besides = new Set(["OTEL_EXPORTER_OTLP_ENDPOINT"])

const hostsOf = ({ api, database, embeddings, parser, storage }: Expectations) => [
  { name: "database", setting: "DATABASE_URL", hosts: database.hosts },
  { name: "storage", setting: "SUPABASE_URL", hosts: storage.hosts },
  { name: "parser", setting: "LLAMAPARSE_API_URL", hosts: parser.hosts },
  { name: "embeddings", setting: "OPENAI_API_URL", hosts: embeddings.hosts },
  { name: "public", setting: "PUBLIC_URL", hosts: [api.url.hostname, ...(api.insideHosts ?? [])] }
]

export const configuration: ReadonlyArray<Check> = [
  {
    check: "environment",
    proves: "The process knows which environment it is.",
    repair: "Set ACCESSA_ENV.",
    needs: ["ofApi", "ofWorker"],
    judge: (facts, { environment, runsAs = environment }) =>
      given(
        runsAs,
        inspectionOf(facts),
        ({ process }) =>
          process.environment === runsAs ? pass(runsAs, process.environment) : fail(runsAs, process.environment)
      )
  },
  {
    check: "required",
    proves: "Every variable that the environment needs is set.",
    repair: "Set it for the API and for the workers; docs/settings.md says what each one means.",
    needs: ["ofApi", "ofWorker"],
    judge: (facts, { settings: { required, secrets } }) => {
      const names = [...secrets, ...required]
      const expected = names.length === 0 ? "none is required" : `${names.length} variables are set`
      return given(expected, inspectionOf(facts), ({ process }) =>
        faultless(
          expected,
          "they are",
          names.filter((name) => !isSet(process, name)).map((name) => {
            const miss = process.nearMisses.find(({ meant }) => meant === name)
            return miss === undefined ? `${name} is not set` : `${name} is not set, but ${miss.name} is`
          })
        ))
    }
  },
  {
    check: "near_misses",
    proves: "No variable has a name that is almost a setting's.",
    repair: "Rename the variable. Under a wrong name, a key is not found and every job fails.",
    needs: ["ofApi", "ofWorker"],
    judge: (facts) => {
      const expected = "no name that is almost a setting's"
      return given(
        expected,
        inspectionOf(facts),
        ({ process: { nearMisses } }) =>
          faultless(
            expected,
            "there is none",
            nearMisses.map(({ meant, name }) => `${name} is not a setting: ${meant} is`)
          )
      )
    }
  },
  {
    check: "unset",
    proves: "Settings for laptops and tests are not set.",
    repair: "Remove the variable from the environment.",
    needs: ["ofApi", "ofWorker"],
    judge: (facts, { settings: { unset } }) => {
      const expected = unset.length === 0 ? "any may be set" : `${unset.join(", ")} are not set`
      return given(expected, inspectionOf(facts), ({ process }) =>
        faultless(
          expected,
          unset.length === 0 ? "not checked" : "none is",
          process.settings.filter(({ name, shape }) =>
            shape !== "unset" && unset.some((pattern) => fitsPattern(pattern, name))
          ).map(({ name }) => `${name} is set`)
        ))
    }
  },
  {
    check: "local_values",
    proves: "Outside a laptop, no address leads to the process's own machine.",
    repair: "Set the address of the real service.",
    needs: ["ofApi", "ofWorker"],
    judge: (facts, { environment }) => {
      const expected = environment === "local" ? "any address" : "no address on this machine"
      return given(expected, inspectionOf(facts), ({ addresses, process: { settings } }) => {
        if (environment === "local") return pass(expected, "a laptop's may be")
        const named = settings.filter(({ name, shape }) => shape === "address on this machine" && !besides.has(name))
        const used = addresses.filter(isOnThisMachine)
        return faultless(expected, "there is none", [
          ...named.map(({ name }) => `${name} leads to this machine`),
          ...used.filter(({ name }) => name === "database" || named.length === 0).map(({ host, name }) =>
            `the address of ${name} is ${host}`
          )
        ])
      })
    }
  },
  {
    check: "hosts",
    proves: "Database, storage, providers and public address are those of this environment.",
    repair: "Correct the variable, or the hosts in the configuration file if they have moved.",
    needs: ["ofApi", "ofWorker"],
    judge: (facts, expectations) => {
      const expected = "the hosts of the configuration"
      return given(expected, inspectionOf(facts), (inspection) =>
        faultless(
          expected,
          "they are",
          hostsOf(expectations).flatMap(({ hosts, name, setting }) => {
            const address = addressOf(inspection, name)
            // An address on this machine is the subject of local_values.
            if (address === undefined || hosts.includes(address.host)) return []
            if (expectations.environment !== "local" && isOnThisMachine(address)) return []
            return [`${setting} leads to ${address.host}`]
          })
        ))
    }
  },
  {
    check: "names",
    proves: "The process knows the same settings as this release.",
    repair: "Run this command from the commit that is deployed, or deploy this one.",
    needs: ["ofApi", "ofWorker"],
    judge: (facts) => {
      const expected = `${settingNames.length} settings by their names`
      return given(expected, inspectionOf(facts), ({ process: { settings } }) => {
        const theirs = settings.map(({ name }) => name)
        return faultless(expected, "they are", [
          ...settingNames.filter((name) => !theirs.includes(name)).map((name) => `${name} is not known there`),
          ...theirs.filter((name) => !settingNames.includes(name)).map((name) => `${name} is not known here`)
        ])
      })
    }
  },
  {
    check: "doubts",
    proves: "The settings fit together.",
    repair: "Change the setting and restart the process; docs/settings.md explains each.",
    needs: ["ofApi", "ofWorker"],
    judge: (facts) =>
      given(
        "no contradiction",
        inspectionOf(facts),
        ({ doubts }) => faultless("no contradiction", "there is none", doubts)
      )
  },
  {
    check: "node",
    proves: "The process runs on the expected Node.js.",
    repair: "Deploy with the Node.js that package.json names.",
    needs: ["ofApi", "ofWorker"],
    judge: (facts, { versions: { node } }) =>
      given(`Node.js ${node}`, inspectionOf(facts), ({ process }) =>
        process.node.startsWith(`v${node}.`)
          ? pass(`Node.js ${node}`, process.node)
          : fail(`Node.js ${node}`, process.node))
  },
  {
    check: "optional",
    proves: "This release starts with the required variables alone: nothing optional is fatal.",
    repair: "Give the setting a default, or list it under settings.required in the configuration file.",
    needs: ["leastSettings"],
    judge: ({ leastSettings }) => {
      const expected = "it starts with the required variables alone"
      return given(expected, leastSettings, (faults) => faultless(expected, "it does", faults))
    }
  }
]
