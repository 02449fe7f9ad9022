/** The adapters that a deployment works through, over the settings of the machine that runs the command. */
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { Effect, FileSystem, Layer, type Path } from "effect"
import { SqlClient } from "effect/sql"
import { contracting, unusedSince } from "../../src/deploy/release/contracting.ts"
import { StackUnknown } from "../../src/deploy/release/ReleaseStack.ts"
import {
  type Place,
  type PlatformName,
  ReleaseDatabase,
  TargetUnreachable
} from "../../src/deploy/release/ReleaseTargets.ts"
import { Settings } from "../../src/settings/Settings.ts"
import { read } from "../../src/settings/table.ts"
import { DeployPlatformCompose } from "../DeployPlatform/Compose.ts"
import { DeployPlatformKubernetes } from "../DeployPlatform/Kubernetes.ts"
import { DeployPlatformRender } from "../DeployPlatform/Render.ts"
import { IdsRandom } from "../Ids/Random.ts"
import { LoginDatabase, migrateDatabase, migrations } from "./Database.ts"
import { ReleaseStores } from "./Stores.ts"

const unreachable = (error: { readonly message: string }) => new TargetUnreachable({ message: error.message })

const settings = Layer.provideMerge(Settings.layer, NodeServices.layer)

/** Without DATABASE_URL it would be the embedded database, which only its own stack may open. */
const needsServer = Effect.flatMap(Settings, ({ databaseUrl }) =>
  databaseUrl === undefined
    ? Effect.fail(new TargetUnreachable({ message: "DATABASE_URL is not set. Set it to the environment's database." }))
    : Effect.void)

export const openRecord = Layer.build(
  Layer.unwrap(Effect.as(needsServer, ReleaseStores)).pipe(Layer.provide(settings))
).pipe(Effect.mapError(unreachable))

const Render = Layer.unwrap(Effect.gen(function*() {
  const apiKey = yield* read("RENDER_API_KEY", "local")
  if (apiKey === undefined) {
    return yield* new TargetUnreachable({
      message: "RENDER_API_KEY is not set. Set it to an API key of the workspace."
    })
  }
  return DeployPlatformRender({ url: new URL("https://api.render.com/v1"), apiKey, callTimeout: "30 seconds" })
})).pipe(Layer.provide(NodeHttpClient.layerUndici))

const Compose = ({ directory }: Place) =>
  DeployPlatformCompose({ directory, command: "docker", callTimeout: "5 minutes", settleTime: "5 seconds" }).pipe(
    Layer.provide(NodeServices.layer)
  )

const Kubernetes = ({ namespace = "accessa" }: Place) =>
  DeployPlatformKubernetes({ namespace, secret: "accessa-secrets", command: "kubectl", callTimeout: "1 minute" }).pipe(
    Layer.provide(NodeServices.layer)
  )

const Database = Layer.effect(
  ReleaseDatabase,
  Effect.gen(function*() {
    const fs = yield* FileSystem.FileSystem
    const context = yield* Effect.context<Settings | FileSystem.FileSystem | Path.Path>()
    const names = (yield* fs.readDirectory(migrations)).filter((name) => /^\d{4}_.*\.ts$/.test(name)).toSorted()
    const found = yield* Effect.forEach(
      names,
      (name) =>
        Effect.map(fs.readFileString(`${migrations}/${name}`), (text) => ({
          number: Number(name.slice(0, 4)),
          name: name.replace(/\.ts$/, ""),
          contracts: contracting(text),
          unusedSince: unusedSince(text)
        }))
    )
    const asked = <A, E extends { readonly message: string }>(
      effect: Effect.Effect<A, E, Settings | FileSystem.FileSystem | Path.Path | SqlClient.SqlClient>
    ) =>
      effect.pipe(
        Effect.provide(LoginDatabase),
        Effect.provide(context),
        Effect.mapError(({ message }) => new StackUnknown({ message }))
      )
    return ReleaseDatabase.of({
      migration: asked(Effect.gen(function*() {
        const sql = yield* SqlClient.SqlClient
        const [row] = yield* sql<
          { readonly last: number }
        >`SELECT coalesce(max(migration_id), 0) AS last FROM migration_files`
        return row?.last ?? 0
      })),
      migrations: found,
      migrate: Effect.asVoid(asked(migrateDatabase))
    })
  })
)

const platformOf = (platform: PlatformName, place: Place) =>
  platform === "render" ? Render : platform === "compose" ? Compose(place) : Kubernetes(place)

export const openPlatform = (platform: PlatformName, place: Place) =>
  Layer.build(platformOf(platform, place)).pipe(Effect.mapError(unreachable))

export const openTarget = (platform: PlatformName, place: Place) =>
  Layer.build(
    Layer.mergeAll(
      IdsRandom,
      platformOf(platform, place),
      Layer.unwrap(Effect.as(needsServer, Layer.merge(Database, ReleaseStores))).pipe(Layer.provide(settings))
    )
  ).pipe(Effect.mapError(unreachable))
