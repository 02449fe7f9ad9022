/** The mock's state between calls: settings, usage and its cost, and the progress of the scenario. */
import type { Duration } from "effect"
import type { Knobs } from "../adminRoutes.ts"
import { type CallLog, makeCallLog } from "../CallLog.ts"
import type { OpenAIStep, Scenario } from "../scenarios/Scenario.ts"
import { makeScript, type Script } from "../scenarios/Script.ts"
import type { EmbeddingRequest } from "./EmbeddingRequest.ts"
import type { VectorMode } from "./embedText.ts"
import { makeRateLimit, type RateLimit, type RateLimits } from "./RateLimit.ts"

export interface MockOpenAIOptions {
  /** Before each answer. */
  readonly delay: Duration.Duration
  /** The share of embedding calls that end in a 429, 500 or 503, from 0 to 1. */
  readonly failureRate: number
  readonly rateLimit?: RateLimits
  readonly vectors: VectorMode
  readonly scenario?: Scenario
}

interface Usage {
  requests: number
  vectors: number
  tokens: number
  costUsd: number
}

const unused = (): Usage => ({ requests: 0, vectors: 0, tokens: 0, costUsd: 0 })

export class Account {
  readonly vectors: VectorMode
  readonly knobs: Knobs
  readonly calls: CallLog = makeCallLog()
  readonly #limits: RateLimits | undefined
  rateLimit: RateLimit | undefined
  script: Script<OpenAIStep> = makeScript<OpenAIStep>([])
  #scenario: Scenario | undefined
  #usage = unused()
  #embeddings = 0
  #requests = 0

  constructor(options: MockOpenAIOptions) {
    this.vectors = options.vectors
    this.knobs = { delay: options.delay, failureRate: options.failureRate }
    this.#limits = options.rateLimit
    this.#scenario = options.scenario
    this.reset()
  }

  play(scenario: Scenario | undefined): void {
    this.#scenario = scenario
    this.script = makeScript(scenario?.openai ?? [])
  }

  reset(): void {
    this.rateLimit = this.#limits === undefined ? undefined : makeRateLimit(this.#limits)
    this.#usage = unused()
    this.#embeddings = 0
    this.#requests = 0
    this.calls.clear()
    this.play(this.#scenario)
  }

  nextRequest(): number {
    return ++this.#requests
  }

  nextEmbedding(): number {
    return ++this.#embeddings
  }

  bill({ inputs, model, tokens }: EmbeddingRequest): void {
    this.#usage.requests++
    this.#usage.vectors += inputs.length
    this.#usage.tokens += tokens
    this.#usage.costUsd += tokens * model.usdPerMillionTokens / 1_000_000
  }

  state(): object {
    const { costUsd, ...usage } = this.#usage
    return { vectors: this.vectors, usage: { ...usage, cost_usd: costUsd }, rate_limit: this.#limits ?? null }
  }

  scenario() {
    return this.#scenario === undefined ? null : { name: this.#scenario.name, steps: this.script.progress() }
  }
}
