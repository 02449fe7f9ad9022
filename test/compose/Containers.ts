/** The stack of docker-compose.yml under a project name, secrets and ports of its own, and what a client asks of it. */
import { Effect, Redacted, Schedule, Schema } from "effect"
import { execFile } from "node:child_process"
import { randomUUID } from "node:crypto"
import { appendFileSync, readFileSync, writeFileSync } from "node:fs"
import { env as ours, execPath } from "node:process"
import { parseDocument } from "yaml"
import { freePort } from "../faults/PostgresPlace.ts"

export class Broken extends Schema.TaggedError<Broken>()("Broken", { message: Schema.String }) {}

const ports = [
  "API_PORT",
  "MOCK_LLAMAPARSE_PORT",
  "MOCK_OPENAI_PORT",
  "MONITOR_PORT",
  "POSTGRES_PORT",
  "STORAGE_PORT",
  "JAEGER_PORT",
  "OTLP_PORT"
]

const Job = Schema.Struct({ job_id: Schema.String })
const Status = Schema.Struct({ status: Schema.String })

const read = <A>(schema: Schema.Codec<A, unknown>, body: string) =>
  Effect.mapError(
    Schema.decodeUnknownEffect(Schema.fromJsonString(schema))(body),
    () => new Broken({ message: `The API answered ${body.slice(0, 300)}` })
  )

const formOf = (name: string, text: string): FormData => {
  const form = new FormData()
  form.append("file", new Blob([text]), `${name}.md`)
  return form
}

/** A command's output; its exit code is part of the answer. */
const run = (command: string, args: ReadonlyArray<string>, env: Readonly<Record<string, string>>) =>
  Effect.callback<{ readonly code: number; readonly output: string }>((resume) => {
    execFile(
      command,
      [...args],
      { env: { ...ours, ...env }, maxBuffer: 100_000_000 },
      (error, stdout, stderr) =>
        resume(Effect.succeed({ code: error === null ? 0 : Number(error.code ?? 1), output: stdout + stderr }))
    )
  })

/** Why these tests cannot run here. */
export const noEngine = Effect.gen(function*() {
  const { code, output } = yield* run("docker", ["info", "--format", "{{.ServerVersion}}"], {})
  return code === 0 ? undefined : `no Docker engine answers (${output.trim().split("\n").at(-1)})`
})

/** What config/docker.yaml says of the stack that is tried: with another baseline, and without Supabase Storage if it cannot be had. */
const expectationsOf = (baseline: string, supabase: boolean): string => {
  const document = parseDocument(readFileSync("config/docker.yaml", "utf8"))
  document.set("baseline", baseline)
  if (!supabase) {
    document.setIn(["storage", "kind"], "filesystem")
    document.setIn(["storage", "hosts"], [])
  }
  const text = String(document)
  return supabase ? text : text.replaceAll(/^\s+- SUPABASE_\w+\n/gmu, "")
}

const hasImage = (image: string) => Effect.map(run("docker", ["image", "inspect", image], {}), ({ code }) => code === 0)

export const makeContainers = Effect.fnUntraced(function*(directory: string) {
  const numbers = yield* Effect.forEach(ports, () => freePort)
  const secrets = `${directory}/secrets`
  yield* run("scripts/make-secrets.sh", [secrets], {})
  const supabase = yield* hasImage("supabase/storage-api:v1.77.0")
  const jaeger = yield* hasImage("jaegertracing/jaeger:2.20.0")
  const settings = {
    ...Object.fromEntries(ports.map((name, i) => [name, String(numbers[i])])),
    // An image of its own: the one that people run here stays.
    ACCESSA_TAG: "compose-test",
    STORAGE: supabase ? "supabase" : "filesystem",
    ...jaeger ? {} : { OTEL_EXPORTER_OTLP_ENDPOINT: "" }
  }
  // In a file, so that only Compose reads them, as with .env.
  appendFileSync(secrets, Object.entries(settings).map(([name, value]) => `${name}=${value}\n`).join(""))
  const env = {
    COMPOSE_ENV_FILES: secrets,
    COMPOSE_PROJECT_NAME: `accessa-test-${randomUUID().slice(0, 8)}`,
    ACCESSA_DATA_DIR: directory
  }
  const services = [
    "postgres",
    "api-server",
    "base-worker",
    "mock-llamaparse",
    "mock-openai",
    "monitoring",
    ...supabase ? ["supabase-storage"] : [],
    ...jaeger ? ["jaeger"] : []
  ]
  const url = `http://127.0.0.1:${numbers[0]}`
  const baseline = `${directory}/baseline.json`
  const expectations = `${directory}/docker.yaml`
  writeFileSync(expectations, expectationsOf(baseline, supabase))
  let key = Redacted.make("")

  const must = (name: string, answer: { readonly code: number; readonly output: string }) =>
    answer.code === 0
      ? Effect.succeed(answer.output)
      : Effect.fail(new Broken({ message: `${name} failed: ${answer.output.slice(-3_000)}` }))

  const composeWith = (more: Readonly<Record<string, string>>) => (...args: ReadonlyArray<string>) =>
    Effect.flatMap(
      run("docker", ["compose", ...args], { ...env, ...more }),
      (answer) => must(`docker compose ${args[0]}`, answer)
    )
  const compose = composeWith({})
  /** Runs a program inside a container of a service. */
  const inside = (service: string, ...args: ReadonlyArray<string>) => compose("exec", "-T", service, "node", ...args)
  const script = (name: string) => run(`scripts/${name}`, [], env)
  const accessa = (...args: ReadonlyArray<string>) =>
    Effect.flatMap(
      run(execPath, ["src/bin/accessa.ts", ...args], { ...env, ACCESSA_URL: url }),
      (answer) => must(`accessa ${args[0]}`, answer)
    )

  const ask = (path: string, init: RequestInit = {}) =>
    Effect.tryPromise({
      try: async () => {
        const response = await fetch(`${url}${path}`, {
          ...init,
          headers: { authorization: `Bearer ${Redacted.value(key)}`, ...init.headers }
        })
        return { status: response.status, body: await response.text() }
      },
      catch: (error) => new Broken({ message: String(error) })
    })

  /** Sends one document until it is accepted: what a careful client does while the API is replaced. */
  const upload = (name: string, text: string) => {
    const once = ask("/api/v1/documents", {
      method: "POST",
      headers: { "idempotency-key": `"${name}"` },
      body: formOf(name, text)
    })
    return once.pipe(
      Effect.filterOrFail(
        ({ status }) => status === 202 || status === 200,
        ({ body, status }) => new Broken({ message: `The upload was answered ${status}: ${body.slice(0, 300)}` })
      ),
      Effect.retry({ times: 240, schedule: Schedule.spaced("500 millis") }),
      Effect.flatMap(({ body }) => read(Job, body)),
      Effect.map(({ job_id }) => job_id)
    )
  }

  const completes = (job: string) =>
    ask(`/api/v1/jobs/${job}?wait=20`).pipe(
      Effect.flatMap(({ body }) => read(Status, body)),
      Effect.filterOrFail(({ status }) => status === "complete", ({ status }) =>
        new Broken({ message: `Job ${job} is ${status}.` })),
      Effect.retry({ times: 120, schedule: Schedule.spaced("1 second") })
    )

  /** Uploads as many documents, one after the other, while `meanwhile` runs; then each must complete. */
  const underLoad = <E, R>(count: number, meanwhile: Effect.Effect<unknown, E, R>) =>
    Effect.gen(function*() {
      const batch = randomUUID()
      const uploads = Effect.forEach(
        Array.from({ length: count }, (_, i) => `${batch}-${i}`),
        (name) =>
          Effect.delay(upload(name, `# ${name}\n\nThe harbour office noted ship ${name} at dawn.\n`), "300 millis")
      )
      const [jobs] = yield* Effect.all([uploads, meanwhile], { concurrency: "unbounded" })
      yield* Effect.forEach(jobs, completes, { concurrency: 8, discard: true })
      return jobs
    })

  const makeKey = Effect.gen(function*() {
    const made = yield* inside("api-server", "src/bin/admin-key.ts", "00000000-0000-4000-8000-000000000001")
    key = Redacted.make(/\bacc_\S+/u.exec(made)?.[0] ?? "")
    writeFileSync(`${directory}/local-key`, `${Redacted.value(key)}\n`, { mode: 0o600 })
  })

  return {
    baseline,
    expectations,
    services,
    compose,
    composeWith,
    inside,
    script,
    accessa,
    underLoad,
    completes,
    makeKey,
    supabase,
    jaeger
  }
})

export type Containers = Effect.Success<ReturnType<typeof makeContainers>>
