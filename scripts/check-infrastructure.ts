/** `pnpm infrastructure`: fails if a platform's file does not fit this release, or what config/ expects of its environment. */
import { NodeRuntime, NodeServices } from "@effect/platform-node"
import { Console, Effect, Schema } from "effect"
import { manifestFaults, overlays } from "../src/deploy/infrastructure/kubernetes/manifests.ts"
import { blueprintFaults, blueprintFiles } from "../src/deploy/infrastructure/readBlueprint.ts"
import { readExpectations } from "../src/deploy/validate/readExpectations.ts"

class NotDeployable extends Schema.TaggedError<NotDeployable>()("NotDeployable", { message: Schema.String }) {}

const faultsOf = Effect.fnUntraced(function*(environment: "staging" | "production") {
  const expected = yield* readExpectations(`config/${environment}.yaml`)
  return [
    ...yield* blueprintFaults(blueprintFiles[environment], expected),
    ...yield* manifestFaults(overlays[environment], expected)
  ]
}, Effect.catch(({ message }) => Effect.succeed([message])))

Effect.gen(function*() {
  const faults = (yield* Effect.forEach(["staging", "production"] as const, faultsOf)).flat()
  for (const fault of faults) yield* Console.error(fault)
  if (faults.length > 0) {
    return yield* new NotDeployable({ message: `The files of the platforms have ${faults.length} faults.` })
  }
  yield* Console.log("Infrastructure: the files for Render and Kubernetes fit this release and config/.")
}).pipe(Effect.provide(NodeServices.layer), NodeRuntime.runMain)
