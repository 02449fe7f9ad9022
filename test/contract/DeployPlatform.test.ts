import { NodeHttpClient, NodeServices } from "@effect/platform-node"
import { Effect, FileSystem, Layer, Redacted } from "effect"
import { execPath } from "node:process"
import { fileURLToPath } from "node:url"
import { DeployPlatformCompose } from "../../layers/DeployPlatform/Compose.ts"
import { DeployPlatformKubernetes } from "../../layers/DeployPlatform/Kubernetes.ts"
import { DeployPlatformRender } from "../../layers/DeployPlatform/Render.ts"
import { renderKey, serveRender } from "../support/stubs/RenderStub.ts"
import { makePlatform } from "../twins/DeployPlatformMemory.ts"
import { deployPlatformContract } from "./DeployPlatform.ts"

const names = ["api-server", "base-worker"]

const overStub = Layer.unwrap(
  Effect.map(
    serveRender(names, "v1"),
    ({ url }) => DeployPlatformRender({ url, apiKey: Redacted.make(renderKey), callTimeout: "30 seconds" })
  )
)

const standIn = fileURLToPath(new URL("../support/stubs/dockerStandIn.ts", import.meta.url))

const overStandIn = Layer.unwrap(Effect.gen(function*() {
  const fs = yield* FileSystem.FileSystem
  const directory = yield* fs.makeTempDirectoryScoped()
  const command = `${directory}/docker`
  yield* fs.writeFileString(command, `#!/bin/sh\nexec '${execPath}' '${standIn}' "$@"\n`, { mode: 0o700 })
  return DeployPlatformCompose({ directory, command, callTimeout: "30 seconds", settleTime: 0 })
}))

const kubectlStandIn = fileURLToPath(new URL("../support/stubs/kubectlStandIn.ts", import.meta.url))

const overKubectl = Layer.unwrap(Effect.gen(function*() {
  const fs = yield* FileSystem.FileSystem
  const directory = yield* fs.makeTempDirectoryScoped()
  const command = `${directory}/kubectl`
  yield* fs.writeFileString(
    command,
    `#!/bin/sh\nHOME='${directory}' exec '${execPath}' '${kubectlStandIn}' "$@"\n`,
    { mode: 0o700 }
  )
  return DeployPlatformKubernetes({
    namespace: "accessa",
    secret: "accessa-secrets",
    command,
    callTimeout: "30 seconds"
  })
}))

deployPlatformContract("memory", Layer.unwrap(Effect.sync(() => makePlatform(names, "v1").layer)), {
  deploysByItself: true
})
deployPlatformContract("Render", overStub.pipe(Layer.provide(NodeHttpClient.layerUndici)), { deploysByItself: true })
deployPlatformContract("Docker Compose", overStandIn.pipe(Layer.provide(NodeServices.layer)), {
  deploysByItself: false
})
deployPlatformContract("Kubernetes", overKubectl.pipe(Layer.provide(NodeServices.layer)), { deploysByItself: false })
