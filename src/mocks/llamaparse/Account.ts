/** The mock's state between calls: files, jobs, webhook configurations, credits, and the progress of the scenario. */
import type { Duration } from "effect"
import type { Knobs } from "../adminRoutes.ts"
import { type CallLog, makeCallLog } from "../CallLog.ts"
import type { JobStep, LlamaParseCallStep, Scenario, WebhookStep } from "../scenarios/Scenario.ts"
import { makeScript, type Script } from "../scenarios/Script.ts"
import type { WebhookConfiguration } from "./Configuration.ts"
import { FileStore } from "./FileStore.ts"
import { JobStore } from "./JobStore.ts"

export interface MockLlamaParseOptions {
  /** From the creation of a job to its end. */
  readonly delay: Duration.Duration
  /** The share of creates that fail, from 0 to 1: with an immediate error, or with a job that ends without a result. */
  readonly failureRate: number
  /** `document`: the text of the uploaded file. `synthetic`: text generated from the document's id. */
  readonly content: "document" | "synthetic"
  /** Determines which calls fail. */
  readonly seed: number
  /** The only key that is accepted; if absent, any key is. */
  readonly apiKey?: string
  readonly scenario?: Scenario
  /** Allow callbacks to plain HTTP and to private addresses, which the vendor refuses. */
  readonly allowLoopbackCallbacks: boolean
  /** Before the second try of a callback, and twice that before the third; the vendor waits one second. */
  readonly callbackWait?: Duration.Duration
}

export interface StoredWebhook {
  readonly id: string
  readonly createdAt: number
  readonly updatedAt: number
  readonly configuration: WebhookConfiguration
}

interface CallbackCounts {
  delivered: number
  failed: number
  dropped: number
}

const usdPerCredit = 1.25 / 1_000
const mostPaid = 50_000

export class Account {
  readonly options: MockLlamaParseOptions
  readonly knobs: Knobs
  readonly calls: CallLog = makeCallLog()
  readonly files = new FileStore()
  readonly jobs = new JobStore()
  readonly webhooks = new Map<string, StoredWebhook>()
  readonly callbacks: CallbackCounts = { delivered: 0, failed: 0, dropped: 0 }
  callScript: Script<LlamaParseCallStep> = makeScript<LlamaParseCallStep>([])
  jobScript: Script<JobStep> = makeScript<JobStep>([])
  webhookScript: Script<WebhookStep> = makeScript<WebhookStep>([])
  /** File and options of parses that have been charged. */
  readonly #paid = new Set<string>()
  #pages = 0
  #credits = 0
  #scenario: Scenario | undefined
  #created = 0

  constructor(options: MockLlamaParseOptions) {
    this.options = options
    this.knobs = { delay: options.delay, failureRate: options.failureRate }
    this.play(options.scenario)
  }

  nextCreate(): number {
    return ++this.#created
  }

  isPaid(key: string | undefined): boolean {
    return key !== undefined && this.#paid.has(key)
  }

  pay(key: string | undefined, pages: number, credits: number): void {
    if (this.#paid.size >= mostPaid) this.#paid.clear()
    if (key !== undefined) this.#paid.add(key)
    this.#pages += pages
    this.#credits += credits
  }

  play(scenario: Scenario | undefined): void {
    const steps = scenario?.llamaparse ?? []
    this.#scenario = scenario
    this.jobScript = makeScript(steps.filter((step) => step.on === "job"))
    this.webhookScript = makeScript(steps.filter((step) => step.on === "webhook"))
    this.callScript = makeScript(steps.filter((step) => step.on !== "job" && step.on !== "webhook"))
  }

  reset(): void {
    this.calls.clear()
    this.files.clear()
    this.jobs.clear()
    this.webhooks.clear()
    this.#paid.clear()
    Object.assign(this.callbacks, { delivered: 0, failed: 0, dropped: 0 })
    this.#pages = 0
    this.#credits = 0
    this.#created = 0
    this.play(this.#scenario)
  }

  state(): object {
    return {
      content: this.options.content,
      jobs: this.jobs.counts(),
      callbacks: this.callbacks,
      usage: { pages: this.#pages, credits: this.#credits, cost_usd: this.#credits * usdPerCredit }
    }
  }

  scenario() {
    return this.#scenario === undefined ? null : {
      name: this.#scenario.name,
      steps: [this.callScript, this.jobScript, this.webhookScript].flatMap((script) => script.progress())
    }
  }
}
