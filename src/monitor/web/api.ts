/** Calls the API through the monitor, which adds the credential. Refusals are shown in the API's own words. */
import { signal } from "@preact/signals"
import { toHeaderText } from "../../domain/headerText.ts"

export interface Problem {
  readonly title: string
  readonly detail: string
  readonly code?: string
  readonly correlation_id?: string
}

export class Refused extends Error {
  readonly status: number
  readonly problem: Problem
  constructor(status: number, problem: Problem) {
    super(problem.detail)
    this.status = status
    this.problem = problem
  }
}

/** False once the session has ended: the sign-in page shows. */
export const signedIn = signal(document.body.dataset["signedIn"] === "true")

interface Options {
  readonly method?: string
  readonly body?: unknown
  readonly reason?: string
  readonly signal?: AbortSignal
  readonly as?: "json" | "text"
}

export const call = async <A>(
  to: string,
  { as = "json", body, method = "GET", reason, signal: abort }: Options = {}
): Promise<A> => {
  const headers = new Headers({ "x-accessa-dashboard": "1" })
  if (body !== undefined && !(body instanceof FormData)) headers.set("content-type", "application/json")
  if (reason !== undefined) headers.set("x-reason", toHeaderText(reason))
  const response = await fetch(to, {
    method,
    headers,
    ...(body === undefined ? {} : { body: body instanceof FormData ? body : JSON.stringify(body) }),
    ...(abort === undefined ? {} : { signal: abort })
  })
  if (response.status === 401) signedIn.value = false
  const text = await response.text()
  if (!response.ok) throw new Refused(response.status, problemOf(response.status, text))
  return JSON.parse(as === "text" ? JSON.stringify(text) : text === "" ? "null" : text)
}

const problemOf = (status: number, text: string): Problem => {
  try {
    const parsed: Problem = JSON.parse(text)
    if (typeof parsed.detail === "string") return parsed
  } catch {
    // Not the API's answer but that of a proxy in between.
  }
  return { title: `HTTP ${status}`, detail: text.slice(0, 200) || "The answer had no content." }
}
