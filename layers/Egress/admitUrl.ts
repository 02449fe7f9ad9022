/** Checks a URL before its name is resolved. */
import { Effect } from "effect"
import { EgressRefused } from "../../services/Egress.ts"

export interface UrlRules {
  /** Allows plain http, any port, this machine and private networks. For local development only. */
  readonly allowPrivate: boolean
  readonly httpsOnly: boolean
}

const ports: ReadonlySet<string> = new Set(["", "80", "443", "8080", "8443"])

export const admitUrl = (text: string, rules: UrlRules): Effect.Effect<URL, EgressRefused> => {
  const url = URL.parse(text)
  const fault = url === null ? "It is not a valid URL." : faultOf(url, rules)
  return url === null || fault !== undefined
    ? Effect.fail(new EgressRefused({ message: fault ?? "It is not a valid URL." }))
    : Effect.succeed(url)
}

const faultOf = (url: URL, { allowPrivate, httpsOnly }: UrlRules): string | undefined => {
  if (url.protocol !== "https:" && url.protocol !== "http:") return "Only https addresses are allowed."
  if (url.protocol === "http:" && httpsOnly) return "Only https addresses are allowed, not http."
  if (url.username !== "" || url.password !== "") return "An address may not contain a user name or password."
  if (!allowPrivate && !ports.has(url.port)) return `Port ${url.port} is not allowed; use 443 or 8443.`
  return undefined
}
