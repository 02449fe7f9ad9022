/** The methods of a path, for 405 and OPTIONS: those of the contract and of the pages beside it. */
import { routes } from "../../api/Api.ts"

const pages = ["/", "/docs", "/openapi.json"].map((path) => ({ method: "GET", path }))

const table = [...routes, ...pages].map(({ method, path }) => ({ method, steps: path.split("/") }))

/** Empty if there is no such path. */
export const methodsOf = (url: string): ReadonlyArray<string> => {
  const path = url.split("?", 1)[0] ?? ""
  const steps = (path.length > 1 ? path.replace(/\/$/, "") : path).split("/")
  const found = table.filter((each) => matches(each.steps, steps)).map(({ method }) => method)
  if (found.length === 0) return []
  return [...new Set([...found, ...(found.includes("GET") ? ["HEAD"] : []), "OPTIONS"])].sort()
}

const matches = (pattern: ReadonlyArray<string>, steps: ReadonlyArray<string>): boolean =>
  pattern.length === steps.length
  && pattern.every((step, index) => step.startsWith(":") ? steps[index] !== "" : step === steps[index])
