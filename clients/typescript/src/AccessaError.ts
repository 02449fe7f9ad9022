/** What the API refused, with its problem: `error.problem.code` tells the kinds apart. */
import type { Problem } from "./schemas.ts"

export class AccessaError extends Error {
  override readonly name = "AccessaError"
  readonly status: number
  readonly problem: Problem
  constructor(status: number, problem: Problem) {
    super(problem.detail ?? problem.title)
    this.status = status
    this.problem = problem
  }

  /** Seconds after which the same request may succeed; undefined if repeating it is pointless. */
  get retryAfter(): number | undefined {
    return "retry_after_s" in this.problem ? this.problem.retry_after_s : undefined
  }
}

/** Of a proxy in between, for example while the API restarts. */
export class ForeignAnswer extends Error {
  override readonly name = "ForeignAnswer"
  readonly status: number
  constructor(status: number, body: string) {
    super(`The server answered ${status}: ${body.slice(0, 200)}`)
    this.status = status
  }
}

export const refusalOf = (status: number, body: string): AccessaError | ForeignAnswer => {
  try {
    const problem: Problem | { readonly code?: undefined } = JSON.parse(body)
    if (problem.code !== undefined) return new AccessaError(status, problem)
  } catch {
    // Not JSON: told below.
  }
  return new ForeignAnswer(status, body)
}
