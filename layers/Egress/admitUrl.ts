/** What can be said about a URL before its name is resolved. */
import { Effect } from "effect"
import { EgressRefused } from "../../services/Egress.ts"

export interface UrlRules {
  /** Plain http, any port, and the addresses of this machine and its private networks. For local work only. */
  readonly allowPrivate: boolean
  readonly httpsOnly: boolean
}

const ports: ReadonlySet<string> = new Set(["", "80", "443", "8080", "8443"])

export const admitUrl = (text: string, rules: UrlRules): Effect.Effect<URL, EgressRefused> => {
  const url = URL.parse(text)
  const fault = url === null ? "It is no URL." : faultOf(url, rules)
  return url === null || fault !== undefined
    ? Effect.fail(new EgressRefused({ message: fault ?? "It is no URL." }))
    : Effect.succeed(url)
}

const faultOf = (url: URL, { allowPrivate, httpsOnly }: UrlRules): string | undefined => {
  if (url.protocol !== "https:" && url.protocol !== "http:") return "Only https addresses are called."
  if (url.protocol === "http:" && httpsOnly) return "Only https addresses are called, not http."
  if (url.username !== "" || url.password !== "") return "A user or password in an address is not taken."
  if (!allowPrivate && !ports.has(url.port)) return `Port ${url.port} is not called; 443 and 8443 are.`
  return undefined
}
