/** Ways to change the facts of a production in order. */
import { DateTime, Result } from "effect"
import type { Facts } from "../../../../src/deploy/validate/Facts.ts"
import type { Inspection, Reached } from "../../../../src/domain/Inspection.ts"
import { productionFacts } from "../../../support/builders/productionFacts.ts"

/** By the check that they are meant for, broken productions, and a part of what is found. */
export type Broken = Readonly<Record<string, ReadonlyArray<readonly [facts: Facts, found: string]>>>

export const change = (fields: Partial<Facts>): Facts => ({ ...productionFacts, ...fields })

/** For API and worker alike. */
export const inspected = (fields: (inspection: Inspection) => Partial<Inspection>): Facts => {
  const changed = (fact: Facts["ofApi"]) => Result.map(fact, (inspection) => ({ ...inspection, ...fields(inspection) }))
  return change({ ofApi: changed(productionFacts.ofApi), ofWorker: changed(productionFacts.ofWorker) })
}

export const ofDatabase = (fields: Partial<NonNullable<Inspection["database"]["found"]>>) =>
  inspected(({ database: { found } }) => ({ database: { found: found && { ...found, ...fields }, fault: null } }))
export const ofStorage = (fields: Partial<NonNullable<Inspection["storage"]["found"]>>) =>
  inspected(({ storage: { found } }) => ({ storage: { found: found && { ...found, ...fields }, fault: null } }))
export const ofEmbedder = (fields: Partial<NonNullable<Inspection["embedder"]["found"]>>) =>
  inspected(({ embedder: { found } }) => ({ embedder: { found: found && { ...found, ...fields }, fault: null } }))
export const address = (name: string, fields: Partial<Reached>) =>
  inspected(({ addresses }) => ({
    addresses: addresses.map((each) => each.name === name ? { ...each, ...fields } : each)
  }))
export const finding = (name: string) =>
  inspected(({ database: { found } }) => ({
    database: {
      found: found && {
        ...found,
        findings: found.findings.map((each) =>
          each.name === name ? { ...each, ok: false, found: "something is missing" } : each
        )
      },
      fault: null
    }
  }))
export const setting = (name: string, shape: "unset" | "text" | "address on this machine" | "secret") =>
  inspected(({ process }) => ({
    process: {
      ...process,
      settings: process.settings.map((each) => each.name === name ? { ...each, shape } : each)
    }
  }))
export const process = (fields: Partial<Inspection["process"]>) =>
  inspected((inspection) => ({ process: { ...inspection.process, ...fields } }))
export const sawAnswer = (fact: "withoutKey" | "withKey", status: number, mediaType: string) =>
  change({ [fact]: Result.map(productionFacts[fact], (all) => all.map((each) => ({ ...each, status, mediaType }))) })

export const untrusted = {
  trusted: false,
  said: "CERT_HAS_EXPIRED",
  validTo: DateTime.makeUnsafe("2026-01-01T00:00:00Z")
}
export const outcomeOf = (fields: object) =>
  change({
    canary: Result.map(productionFacts.canary, (canary) => ({ ...canary, outcome: { ...canary.outcome, ...fields } }))
  })
