import { assert, describe, it } from "@effect/vitest"
import { Duration } from "effect"
import { spawnSync } from "node:child_process"
import { existsSync, readFileSync } from "node:fs"
import { hardStopAfter } from "../../src/policy/worker.ts"
import { sections, settingNames } from "../../src/settings/table.ts"
import { composeFile, type Service, variablesIn } from "./composeFile.ts"

const text = readFileSync("docker-compose.yml", "utf8")
const { services, volumes = {} } = composeFile("docker-compose.yml")
const real = composeFile("docker-compose.real.yml")
const { services: { gateway, ...behind } } = composeFile("docker-compose.gateway.yml")
const all = Object.entries(services)
const isOurs = ({ command = [] }: Service) => command[0]?.startsWith("src/bin/") === true
const ours = all.filter(([, service]) => isOurs(service))

/** Variables of the file alone: secrets that scripts/make-secrets.sh writes, and ports of other projects' services. */
const made = [...readFileSync("scripts/make-secrets.sh", "utf8").matchAll(/^([A-Z_]+)=\$\{/gmu)].map(([, name = ""]) =>
  name
)
const ownPorts = ["POSTGRES", "STORAGE", "JAEGER", "OTLP", "PROMETHEUS", "ALERTMANAGER", "GRAFANA"].map((name) =>
  `${name}_PORT`
)

/** The defaults of the port settings. */
const portOf = (setting: string) =>
  sections.flatMap(({ settings }) => Object.entries(settings)).find(([name]) => name === setting)?.[1].local

describe("docker-compose.yml", () => {
  it("the compose file has every service of the production stack", () => {
    const named = [
      "postgres",
      "supabase-storage",
      "api-server",
      "base-worker",
      "mock-llamaparse",
      "mock-openai",
      "monitoring",
      "jaeger"
    ]
    for (const name of named) assert.isUndefined(services[name]?.profiles, name)
    for (const name of ["prometheus", "alertmanager", "grafana"]) {
      assert.deepStrictEqual(services[name]?.profiles, ["full"], name)
    }
  })

  it("our services set only variables that are settings, in all compose files", () => {
    assert.isAbove(ours.length, 5)
    const overridden = [...Object.entries(real.services), ...Object.entries(behind)]
    for (const [name, service] of [...ours, ...overridden]) {
      for (const variable of Object.keys(service?.environment ?? {})) {
        assert.include(settingNames, variable, `${variable} of ${name} is not in src/settings/table.ts`)
      }
    }
  })

  it("every variable that the compose files read is a setting, a port, a made secret or documented", () => {
    const known = [...settingNames, ...made, ...ownPorts, "ACCESSA_TAG", "NODE_EXTRA_CA_CERTS"]
    for (const name of variablesIn(text)) assert.include(known, name)
    for (const file of ["real", "gateway"]) {
      const others = variablesIn(readFileSync(`docker-compose.${file}.yml`, "utf8"))
      for (const name of others) assert.include(settingNames, name)
    }
    const page = readFileSync("docs/docker.md", "utf8")
    for (const name of [...ownPorts, "ACCESSA_TAG", "NODE_EXTRA_CA_CERTS"]) assert.include(page, `\`${name}\``)
  })

  it("the compose file has a variable without a default for each secret, and no secret", () => {
    assert.isAbove(made.length, 8)
    for (const secret of made) {
      assert.match(text, new RegExp(`\\$\\{${secret}:\\?run \\./scripts/make-secrets\\.sh`, "u"), secret)
    }
    for (const [name, { environment = {} }] of all) {
      for (const [variable, value] of Object.entries(environment)) {
        if (!/PASSWORD|SECRET|TOKEN|_KEY$/u.test(variable)) continue
        assert.match(value ?? "", /^(?:\$\{[A-Z_]+:\?|not-a-key$)/u, `${variable} of ${name}`)
      }
    }
  })

  it("each of our services listens where its setting says, and is published on this machine only", () => {
    const settings: Readonly<Record<string, string>> = {
      "api-server": "API_PORT",
      "mock-llamaparse": "MOCK_LLAMAPARSE_PORT",
      "mock-openai": "MOCK_OPENAI_PORT",
      monitoring: "MONITOR_PORT"
    }
    for (const [name, setting] of Object.entries(settings)) {
      const usual = portOf(setting)
      const port = usual !== undefined && "value" in usual ? String(usual.value) : ""
      assert.deepStrictEqual(services[name]?.ports, [`127.0.0.1:\${${setting}:-${port}}:${port}`], name)
    }
    const worker = portOf("WORKER_HEALTH_PORT")
    const workerPort = worker !== undefined && "value" in worker ? worker.value : ""
    assert.include(services["base-worker"]?.healthcheck?.test.at(-1), `:${workerPort}/health`)
    for (const [name, { ports = [] }] of all) {
      for (const port of ports) assert.match(port, /^127\.0\.0\.1:\$\{[A-Z_]+_PORT:-\d+\}:\d+$/u, name)
    }
    // Several workers cannot share a port of this machine.
    assert.isUndefined(services["base-worker"]?.ports)
  })

  it("every image of another project has a fixed tag", () => {
    for (const [name, { image = "" }] of [...all, ["gateway", gateway ?? {}] as const]) {
      if (image.startsWith("accessa-ingestion:")) continue
      assert.match(image, /^[\w./-]+:(?:v?\d+\.\d+\.\d+|pg15)$/u, name)
    }
    const stages = [...readFileSync("Dockerfile", "utf8").matchAll(/^FROM (\S+)/gmu)].map(([, image = ""]) => image)
    assert.deepStrictEqual(stages, ["node:24-bookworm-slim", "debian:bookworm-slim"])
  })

  it("every service is confined, limited, checked and restarted", () => {
    for (const [name, service] of [...all, ["gateway", gateway ?? {}] as const]) {
      assert.isTrue(service.init, name)
      assert.isTrue(service.read_only, name)
      assert.deepStrictEqual(service.cap_drop, ["ALL"], name)
      assert.deepStrictEqual(service.security_opt, ["no-new-privileges:true"], name)
      assert.isDefined(service.deploy?.resources?.limits, name)
      // `migrate` ends.
      assert.strictEqual(service.restart, name === "migrate" ? "no" : "unless-stopped", name)
      // HAProxy's image has no program that asks for an address.
      if (name !== "migrate" && name !== "gateway") assert.isDefined(service.healthcheck, name)
      if (isOurs(service)) assert.strictEqual(service.user, "1000:1000", name)
    }
  })

  it("behind the gateway the API has no port of its own, and its next version is started first", () => {
    assert.deepStrictEqual(gateway?.ports, services["api-server"]?.ports)
    assert.deepInclude(behind["api-server"], { ports: [], deploy: { update_config: { order: "start-first" } } })
    for (const name of ["base-worker", "base-worker-next"]) {
      assert.strictEqual(behind[name]?.environment?.["PUBLIC_URL"], "http://gateway:8000", name)
    }
  })

  it("a worker has more time to stop than it takes to drain", () => {
    const grace = Number(/^(\d+)s$/u.exec(services["base-worker"]?.stop_grace_period ?? "")?.[1])
    assert.isAbove(grace, Duration.toSeconds(hardStopAfter))
  })

  it("what the services mount from the project exists, and each volume is named", () => {
    for (const [name, service] of all) {
      for (const mount of service.volumes ?? []) {
        const [source = ""] = mount.split(":")
        if (source.startsWith("./")) assert.isTrue(existsSync(source), `${source} of ${name}`)
        else assert.property(volumes, source, name)
      }
    }
    for (const [name, { command = [] }] of ours) assert.isTrue(existsSync(command[0] ?? ""), name)
  })

  const hasCompose = spawnSync("docker", ["compose", "version"]).status === 0
  it.skipIf(!hasCompose)("docker compose accepts all files, and says what to do if the secrets are missing", () => {
    const config = (env: Readonly<Record<string, string>>, ...files: ReadonlyArray<string>) =>
      spawnSync(
        "docker",
        ["compose", "--env-file", "/dev/null", ...files.flatMap((file) => ["-f", file]), "config", "--quiet"],
        { encoding: "utf8", env: { PATH: "/usr/local/bin:/usr/bin:/bin", HOME: "/root", ...env } }
      )
    const secrets = Object.fromEntries(made.map((name) => [name, "0123456789abcdef0123456789abcdef"]))
    const keys = { LLAMAPARSE_API_KEY: "of-a-test", OPENAI_API_KEY: "of-a-test" }
    assert.strictEqual(config(secrets, "docker-compose.yml").stderr, "")
    for (const file of ["docker-compose.real.yml", "docker-compose.gateway.yml"]) {
      assert.strictEqual(config({ ...secrets, ...keys }, "docker-compose.yml", file).stderr, "", file)
    }
    assert.include(config({}, "docker-compose.yml").stderr, "run ./scripts/make-secrets.sh")
    assert.match(
      config(secrets, "docker-compose.yml", "docker-compose.real.yml").stderr,
      /set it in \.env to the key of your \w+ project/u
    )
  })
})
