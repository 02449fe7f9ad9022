/**
 * Which room may import what: the one table of arrows, enforced by `pnpm check`. What is not listed is refused. A room is the
 * longest path below that a file begins with. `effect` covers its submodules but those listed by name; files of one room
 * import each other freely, except in `services`, where each port stands alone.
 */
export interface Room {
  readonly mayImport: ReadonlyArray<string>
  /** Shown with a forbidden import: where such code belongs instead. */
  readonly instead: string
}

const domain = ["effect", "src/domain"]
/** What is said of the work, by the names of the one table. */
const telemetry = ["otel/names", "otel/logs/logTransition.ts", "otel/shared.ts", "otel/traceContext.ts"]
const ports = [...domain, "services", "src/policy", "src/chunking"]

/** Submodules of effect that not every room may use. */
export const effectModules = ["effect/cli", "effect/http", "effect/http-api", "effect/sql"]

/** What adapters share. */
const tools = [
  "node",
  "otel/metrics",
  "layers/shared"
]

/** An adapter knows its own port; each vendor package has one room. */
const adapter = (port: string, ...more: ReadonlyArray<string>): Readonly<Record<string, Room>> => ({
  [`layers/${port}`]: {
    mayImport: [...domain, `services/${port}`, ...tools, ...more],
    instead: "An adapter knows its own port. What adapters share goes to layers/shared, choices to layers/App."
  }
})

export const rooms: Readonly<Record<string, Room>> = {
  "src/domain": {
    mayImport: domain,
    instead: "The domain is pure. What needs a clock, a file or a service goes behind a port in services/."
  },
  "src/domain/hash.ts": {
    mayImport: [...domain, "node"],
    instead: "Hashing and signing are all that the domain uses of Node."
  },
  "src/domain/signWebhook.ts": {
    mayImport: [...domain, "node"],
    instead: "Hashing and signing are all that the domain uses of Node."
  },
  "src/chunking": { mayImport: domain, instead: "Chunking a text is pure. What reads or writes goes to src/stages." },
  "src/policy": {
    mayImport: domain,
    instead: "Policy is data about the domain. What acts on it goes to the room that does."
  },
  "src/settings": {
    mayImport: [...domain, "src/policy", "package.json"],
    instead: "Settings are read here and used elsewhere: pass them on from src/process."
  },
  services: {
    mayImport: domain,
    instead: "A port has no code and only knows the domain. A type that two ports share goes to src/domain."
  },
  "src/api": {
    mayImport: [...domain, "effect/http", "effect/http-api"],
    instead: "The contract has no code. Handlers go to src/http."
  },
  "src/purchases": {
    mayImport: [...ports, ...telemetry, "otel/metrics"],
    instead: "A purchase works through ports. Adapters go to layers/, steps of a job to src/stages."
  },
  "src/intake": {
    mayImport: [...ports, ...telemetry, "node", "src/api", "effect/http"],
    instead: "Intake works through ports. Handlers go to src/http."
  },
  "src/stages": {
    mayImport: [...ports, ...telemetry, "otel/metrics", "src/purchases"],
    instead: "A stage works through ports. Adapters go to layers/, the choice of jobs to src/worker."
  },
  "src/worker": {
    mayImport: [
      ...ports,
      ...telemetry,
      "otel/metrics",
      "node",
      "effect/http",
      "src/settings",
      "src/purchases",
      "src/stages"
    ],
    instead: "The worker works through ports and stages. Adapters go to layers/, requests of users to src/http."
  },
  "src/http": {
    mayImport: [
      ...ports,
      ...telemetry,
      "node",
      "effect/http",
      "effect/http-api",
      "src/settings",
      "src/api",
      "src/intake",
      "src/purchases",
      "otel/logs",
      "otel/metrics"
    ],
    instead: "The API works through ports. Adapters go to layers/, work on a document to src/stages."
  },
  "src/monitor": {
    mayImport: [
      ...domain,
      "services",
      "node",
      "effect/http",
      "src/api",
      "otel/metrics",
      "otel/shared.ts",
      "src/policy",
      "src/settings",
      "amaro",
      "@fontsource-variable/inter"
    ],
    instead: "The dashboard is a client of the API, the alerts work through ports. Adapters go to layers/."
  },
  "src/monitor/web": {
    mayImport: [...domain, "src/api", "preact", "htm", "@preact/signals", "uplot"],
    instead: "The browser's part only knows the contract. What needs Node goes to src/monitor/server."
  },
  "src/deploy": {
    mayImport: [
      ...domain,
      "services",
      "src/policy",
      ...telemetry,
      "node",
      "effect/http",
      "effect/http-api",
      "src/settings",
      "src/api",
      "yaml"
    ],
    instead:
      "What judges an environment asks its API, or a port in services/. Adapters go to layers/, printing to src/cli."
  },
  "src/mocks": {
    mayImport: [...domain, "node", "services", "effect/http", "gpt-tokenizer", "yaml"],
    instead: "A mock stands for a vendor and only knows the domain and the ports."
  },
  "src/cli": {
    mayImport: [
      ...domain,
      "node",
      "effect/cli",
      "effect/http",
      "effect/http-api",
      "otel/logs",
      "src/api",
      "src/deploy",
      "src/policy",
      "src/settings"
    ],
    instead: "The CLI is a client of the API: what it needs goes through src/api, what both need to src/domain."
  },
  "src/process": { mayImport: ["*"], instead: "" },
  "src/bin": { mayImport: ["*"], instead: "" },
  ...adapter("AlertSinks", ...telemetry, "services/Egress", "src/policy", "effect/http", "nodemailer"),
  ...adapter("Chunker", "src/chunking"),
  ...adapter("DeployPlatform", "effect/http"),
  ...adapter(
    "DocumentParser",
    "services/SecondReader",
    "services/TextPreview",
    ...telemetry,
    "src/policy",
    "effect/http",
    "chardet",
    "parse5",
    "@embedpdf/pdfium",
    "tesseract.js-core",
    "@tesseract.js-data/eng",
    "@tesseract.js-data/deu",
    "@tesseract.js-data/spa",
    "@tesseract.js-data/fra",
    "@rgrove/parse-xml",
    "numfmt",
    "postal-mime"
  ),
  ...adapter("Egress", ...telemetry, "ipaddr.js"),
  ...adapter("Embedder", ...telemetry, "src/policy", "openai"),
  ...adapter("Ids"),
  // Both parsers' texts are compared with the same inventory; ours takes it on the way.
  ...adapter("Inventory", "layers/DocumentParser/local/source"),
  ...adapter(
    "ObjectStorage",
    "effect/http",
    "services/StorageInspection",
    "@aws-sdk/client-s3",
    "@aws-sdk/s3-request-presigner"
  ),
  ...adapter(
    "Postgres",
    ...telemetry,
    "services",
    "src/policy",
    "effect/sql",
    "@effect/sql-pg",
    "@electric-sql/pglite",
    "@electric-sql/pglite-pgvector"
  ),
  ...adapter("Reachability"),
  ...adapter("TokenVerifier", "jose"),
  "layers/App": { mayImport: ["*"], instead: "" },
  "layers/shared": {
    mayImport: [...domain, "node", "otel/shared.ts"],
    instead: "What adapters share knows none of them. An adapter goes to layers/<Port>."
  },
  migrations: {
    mayImport: ["effect", "effect/sql"],
    instead: "A migration never changes its meaning: copy what it needs into it."
  },
  otel: {
    mayImport: [
      ...domain,
      "effect/http",
      "node",
      "src/settings",
      "@effect/opentelemetry",
      "@opentelemetry/api",
      "@opentelemetry/exporter-trace-otlp-proto",
      "@opentelemetry/sdk-node"
    ],
    instead: "Telemetry knows nothing of what it watches."
  },
  scripts: { mayImport: ["*"], instead: "" },
  bench: { mayImport: ["*"], instead: "" },
  test: { mayImport: ["*"], instead: "" }
}

/** Rooms that only some may import: entry points, tools and the choice of adapters. */
export const importedBy: Readonly<Record<string, ReadonlyArray<string>>> = {
  "layers/App": ["src/process", "src/bin", "bench", "test"],
  "src/process": ["src/bin", "bench", "test"],
  "src/bin": ["test"],
  scripts: ["test"],
  bench: ["test"],
  test: ["scripts/write-alert-times.ts", "scripts/write-deploy-times.ts", "scripts/write-faults.ts"]
}

/** Imports that still break the rules. Remove an exception here once it is fixed. */
export const exceptions: ReadonlyArray<string> = []
