/** Stands for `kubectl` in tests: the cluster is cluster.json of the folder in its home. A pod of an image `broken…` crashes. */
import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs"
import process, { argv, env, exit, stderr, stdout } from "node:process"

interface Deployment {
  generation: number
  image: string
  replicas: number
  annotation: string
  /** Looks until its pods are ready. */
  wait: number
}

interface Cluster {
  readonly deployments: Record<string, Deployment>
  data: Record<string, string>
  version: number
}

const file = `${env["HOME"] ?? "."}/cluster.json`
const first: Cluster = {
  deployments: Object.fromEntries(
    ["api-server", "base-worker"].map((name) => [
      name,
      { generation: 1, image: "registry.example:5000/accessa-ingestion:v1", replicas: 1, annotation: "1", wait: 0 }
    ])
  ),
  data: {},
  version: 1
}
/** Two at once take turns: a cluster changes one after the other, too. */
const takeTurn = (lock: string): void => {
  try {
    mkdirSync(lock)
    process.on("exit", () => rmdirSync(lock))
  } catch {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5)
    takeTurn(lock)
  }
}
takeTurn(`${file}.lock`)
const cluster: Cluster = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : first
const keep = () => writeFileSync(file, JSON.stringify(cluster))

const fail = (message: string): never => {
  stderr.write(`${message}\n`)
  return exit(1)
}
const deploymentOf = (name: string): Deployment =>
  cluster.deployments[name] ?? fail(`Error from server (NotFound): deployments.apps "${name}" not found`)
const isBroken = ({ image }: Deployment): boolean => image.includes(":broken")

const patch = () => readFileSync(/--patch-file=(\S+)/.exec(argv.join(" "))?.[1] ?? "", "utf8")

const [, , flag, , verb, kind, name = ""] = argv
if (flag !== "--namespace") fail("no namespace")
if (verb === "get" && kind === "deployment") {
  const found = deploymentOf(name)
  const ready = found.wait === 0 && !isBroken(found) ? found.replicas : 0
  found.wait = Math.max(0, found.wait - 1)
  keep()
  stdout.write(JSON.stringify({
    metadata: { name, generation: found.generation },
    spec: {
      replicas: found.replicas,
      selector: { matchLabels: { "app.kubernetes.io/name": name } },
      template: { spec: { containers: [{ name, image: found.image }] } }
    },
    status: {
      observedGeneration: found.generation,
      replicas: found.replicas,
      ...(ready === 0 ? {} : { updatedReplicas: ready, availableReplicas: ready })
    }
  }))
} else if (verb === "get" && kind === "pods") {
  const selected = argv[argv.indexOf("--selector") + 1]?.split("=")[1] ?? ""
  const found = deploymentOf(selected)
  stdout.write(JSON.stringify({
    items: [{
      spec: { containers: [{ image: found.image }] },
      status: { containerStatuses: [{ state: isBroken(found) ? { waiting: { reason: "CrashLoopBackOff" } } : {} }] }
    }]
  }))
} else if (verb === "get" && kind === "secret") {
  stdout.write(JSON.stringify({ metadata: { resourceVersion: String(cluster.version) }, data: cluster.data }))
} else if (verb === "patch" && kind === "secret") {
  const { data }: { readonly data: Record<string, string | null> } = JSON.parse(patch())
  for (const [key, value] of Object.entries(data)) {
    if (value === null) delete cluster.data[key]
    else cluster.data[key] = value
  }
  cluster.version++
  keep()
} else if (verb === "patch" && kind === "deployment") {
  const { spec: { template } } = JSON.parse(patch())
  const found = deploymentOf(name)
  const [image, annotation] = [template.spec.containers[0].image, template.metadata.annotations["accessa/settings"]]
  if (found.image !== image || found.annotation !== annotation) {
    Object.assign(found, { image, annotation, generation: found.generation + 1, wait: 1 })
  }
  keep()
} else if (verb === "scale") {
  deploymentOf(name).replicas = Number(/--replicas=(\d+)/.exec(argv.join(" "))?.[1])
  keep()
} else fail(`unknown command: ${argv.slice(2).join(" ")}`)
