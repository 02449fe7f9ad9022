/** The manifests for Kubernetes: they fit this release, and what is said of wrong ones. */
import { NodeServices } from "@effect/platform-node"
import { assert, layer } from "@effect/vitest"
import { Effect, FileSystem } from "effect"
import { ChildProcess, ChildProcessSpawner } from "effect/process"
import { parseAllDocuments } from "yaml"
import { build } from "../../../src/deploy/infrastructure/kubernetes/kustomize.ts"
import { manifestFaults, overlays, setByImage } from "../../../src/deploy/infrastructure/kubernetes/manifests.ts"
import { readExpectations } from "../../../src/deploy/validate/readExpectations.ts"
import { version } from "../../../src/settings/version.ts"

const environments = ["staging", "production"] as const

/** What is said of production's manifests with one text of one file replaced. */
const said = Effect.fnUntraced(function*(name: string, from: string, to: string) {
  const fs = yield* FileSystem.FileSystem
  const copy = yield* fs.makeTempDirectoryScoped()
  yield* fs.copy("deploy/kubernetes", copy)
  const text = yield* fs.readFileString(`${copy}/${name}`)
  assert.include(text, from)
  yield* fs.writeFileString(`${copy}/${name}`, text.replace(from, to))
  return yield* manifestFaults(`${copy}/overlays/production`, yield* readExpectations("config/production.yaml")).pipe(
    Effect.catchTag("InfrastructureUnreadable", ({ message }) => Effect.succeed([message]))
  )
})

const api = "base/api-server.yaml"
const worker = "base/base-worker.yaml"
const overlay = "overlays/production/kustomization.yaml"
const settings = "overlays/production/settings.env"

const wrong: ReadonlyArray<readonly [title: string, file: string, from: string, to: string, said: RegExp]> = [
  ["a misspelled field", api, "failureThreshold: 6", "failureTreshold: 6", /Deployment api-server: .*failureTreshold/],
  [
    "a container that may write to its image",
    api,
    "readOnlyRootFilesystem: true",
    "readOnlyRootFilesystem: false",
    /readOnly/
  ],
  ["a container that may run as root", worker, "runAsNonRoot: true", "runAsNonRoot: false", /runAsNonRoot/],
  ["an unknown kind", api, "kind: Service", "kind: Servce", /Servce api-server has a kind/],
  ["a misspelled setting", settings, "LOG_FORMAT", "LOG_FROMAT", /api-server: LOG_FROMAT .* did you mean LOG_FORMAT\?/],
  ["a setting that is missing", settings, "ACCESSA_ENV=production\n", "", /api-server: ACCESSA_ENV is missing/],
  [
    "a settings map that is missing",
    overlay,
    "name: accessa-storage",
    "name: accessa-store",
    /no ConfigMap accessa-storage/
  ],
  [
    "too little time to drain",
    worker,
    "PeriodSeconds: 60\n      sec",
    "PeriodSeconds: 25\n      sec",
    /given 25s to stop/
  ],
  [
    "a worker that no budget protects",
    worker,
    "kind: PodDisruptionBudget",
    "kind: PodDisruption",
    /kind that this check/
  ],
  [
    "a scaler of nothing",
    worker,
    "scaleTargetRef: { name: base-worker }",
    "scaleTargetRef: { name: worker }",
    /no Deployment worker/
  ],
  [
    "more workers than the database holds",
    worker,
    "maxReplicaCount: 6",
    "maxReplicaCount: 12",
    /up to 164 .* of which 158/
  ],
  ["the tag latest", overlay, "newTag: 0.1.0", "newTag: latest", /tag is latest/],
  ["a patch of nothing", overlay, "images:", "replicas: [{ name: api, count: 2 }]\nimages:", /no Deployment api/]
]

layer(NodeServices.layer)("the manifests for Kubernetes", (it) => {
  it.effect("the manifests for Kubernetes fit this release and config/", () =>
    Effect.gen(function*() {
      for (const environment of environments) {
        const expected = yield* readExpectations(`config/${environment}.yaml`)
        assert.deepStrictEqual(yield* manifestFaults(overlays[environment], expected), [])
      }
    }))

  for (const [title, file, from, to, expectation] of wrong) {
    it.effect(`the manifests for Kubernetes are refused with ${title}`, () =>
      Effect.gen(function*() {
        assert.match((yield* said(file, from, to)).join("\n"), expectation)
      }))
  }

  it.effect("the settings that the manifests take from the image are set by the Dockerfile", () =>
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const text = (yield* fs.readFileString("Dockerfile")).replaceAll("$VERSION", version)
      for (const [name, value] of Object.entries(setByImage)) assert.include(text, `${name}=${value}`)
    }))

  it.effect("the overlays are built as by kubectl, where it is installed", (context) =>
    Effect.gen(function*() {
      const spawner = yield* ChildProcessSpawner.ChildProcessSpawner
      for (const environment of environments) {
        const shown = yield* spawner.string(ChildProcess.make("kubectl", ["kustomize", overlays[environment]])).pipe(
          Effect.catch(() => Effect.succeed(""))
        )
        if (shown === "") return context.skip("kubectl is not installed")
        const plain = (object: unknown) =>
          JSON.stringify(object).replaceAll(/(accessa-(?:settings|storage))-\w{10}/g, "$1")
        const built = yield* build(overlays[environment])
        const specs = parseAllDocuments(shown).map((each) => each.toJS())
        assert.sameDeepMembers(
          specs.filter(({ kind }) => kind !== "ConfigMap").map(({ kind, metadata, spec }) =>
            JSON.parse(
              plain([kind, metadata.name, spec]).replaceAll(
                /"registry.example\/accessa-ingestion:[^"]+"/g,
                "\"accessa-ingestion\""
              )
            )
          ),
          built.objects.map((each) => each.toJS()).map(({ kind, metadata, spec }) =>
            JSON.parse(plain([kind, metadata.name, spec]))
          )
        )
        assert.deepStrictEqual(
          Object.fromEntries(
            specs.filter(({ kind }) => kind === "ConfigMap").map(({ data, metadata }) => [
              String(metadata.name).replace(/-\w{10}$/, ""),
              data
            ])
          ),
          built.configMaps
        )
      }
    }))
})
