/** The worker that gets a version first is one like the others on each platform, so that a rollout works with the shipped files. */
import { NodeServices } from "@effect/platform-node"
import { assert, layer } from "@effect/vitest"
import { Effect, FileSystem } from "effect"
import { parse } from "yaml"
import { build } from "../../../src/deploy/infrastructure/kubernetes/kustomize.ts"
import { overlays } from "../../../src/deploy/infrastructure/kubernetes/manifests.ts"
import { blueprintFiles, readBlueprint } from "../../../src/deploy/infrastructure/readBlueprint.ts"

const environments = ["staging", "production"] as const

layer(NodeServices.layer)("base-worker-next", (it) => {
  it.effect("base-worker-next has the program and settings of base-worker in docker-compose.yml, and runs in a rollout alone", () =>
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      for (const file of ["docker-compose.yml", "docker-compose.real.yml"]) {
        const { services } = parse(yield* fs.readFileString(file), { merge: true })
        const { profiles, ...next } = services["base-worker-next"]
        assert.deepStrictEqual(next, services["base-worker"], file)
        if (file === "docker-compose.yml") assert.deepStrictEqual(profiles, ["rollout"])
      }
    }))

  it.effect("base-worker-next has the program and settings of base-worker in Render's files", () =>
    Effect.gen(function*() {
      for (const environment of environments) {
        const { services } = yield* readBlueprint(blueprintFiles[environment])
        const [worker, next] = ["base-worker", "base-worker-next"].map((name) =>
          services.find((service) => service.name === name)
        )
        assert.deepStrictEqual({ ...next, name: "", numInstances: 0 }, { ...worker, name: "", numInstances: 0 })
      }
    }))

  it.effect("base-worker-next has the pods of base-worker in the manifests, with labels of its own", () =>
    Effect.gen(function*() {
      for (const environment of environments) {
        const { objects } = yield* build(overlays[environment])
        const [worker, next] = ["base-worker", "base-worker-next"].map((name) => {
          const found = objects.find((object) =>
            object.get("kind") === "Deployment" && object.getIn(["metadata", "name"]) === name
          )?.toJS()
          const { topologySpreadConstraints: _, ...spec } = found.spec.template.spec
          assert.strictEqual(found.spec.selector.matchLabels["app.kubernetes.io/name"], name)
          assert.strictEqual(found.spec.template.metadata.labels["app.kubernetes.io/name"], name)
          return JSON.parse(JSON.stringify(spec).replaceAll(`"${name}"`, "\"worker\""))
        })
        assert.deepStrictEqual(next, worker)
      }
    }))
})
