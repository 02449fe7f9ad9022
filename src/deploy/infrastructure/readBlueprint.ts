/** Reads the Blueprint of an environment on Render, and finds what is wrong with it. */
import { Effect } from "effect"
import type { Expectations } from "../validate/Expectations.ts"
import { Blueprint, danglingReferences, deployingThemselves, unitsOfBlueprint } from "./blueprint.ts"
import { judgeUnits } from "./judgeUnits.ts"
import { readDocuments, strictly } from "./readYaml.ts"

export const blueprintFiles = {
  staging: "deploy/render/staging.yaml",
  production: "render.yaml"
}

export const readBlueprint = Effect.fn("readBlueprint")(function*(file: string) {
  const [document] = yield* readDocuments(file)
  return yield* strictly(Blueprint, file)(document?.toJS())
})

export const blueprintFaults = Effect.fnUntraced(function*(file: string, expected: Expectations) {
  const blueprint = yield* readBlueprint(file)
  const judged = yield* judgeUnits(unitsOfBlueprint(blueprint), expected)
  return [...danglingReferences(blueprint), ...deployingThemselves(blueprint), ...judged].map((fault) =>
    `${file}: ${fault}`
  )
})
