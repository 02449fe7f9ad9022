/** A row of the settings table: how a variable is parsed, its default, and its meaning. */
import { Config, Option, Redacted, Schema } from "effect"

/** `all`: every server and `pnpm migrate`. `start` is the API, the worker and the mocks in one process. */
export type Reader = "all" | "api" | "monitor" | "worker" | "migrate" | "mocks" | "cli" | "scripts"

/** How a value is parsed. */
export interface Kind<A> {
  readonly config: (name: string) => Config.Config<A>
  readonly unit?: string
  readonly secret?: boolean
}

/** The default; absent if the variable must be set. */
interface Fallback<A> {
  readonly local: Option.Option<A>
  readonly elsewhere: Option.Option<A>
}

export interface Setting<A, B = A> extends Kind<A>, Fallback<B> {
  readonly readBy: ReadonlyArray<Reader>
  readonly meaning: string
}

export const setting = <A, B>(
  readBy: ReadonlyArray<Reader>,
  kind: Kind<A>,
  { elsewhere, local }: Fallback<B>,
  meaning: string
): Setting<A, B> => ({ ...kind, local, elsewhere, readBy, meaning })

export const byDefault = <A>(value: A): Fallback<A> => ({ local: Option.some(value), elsewhere: Option.some(value) })

export const optional = byDefault(undefined)

export const byPlace = <A, B>(local: A, elsewhere: B): Fallback<A | B> => ({
  local: Option.some(local),
  elsewhere: Option.some(elsewhere)
})

/** Must be set where `ACCESSA_ENV` is not local. */
export const locally = <A>(value: A): Fallback<A> => ({ local: Option.some(value), elsewhere: Option.none() })

/** As written in the environment; secrets are not shown. */
export const shown = (value: unknown): string =>
  value === undefined || Redacted.isRedacted(value) ? "" : value instanceof URL ? value.href : String(value)

export const text: Kind<string> = { config: Config.String }
export const nonEmpty: Kind<string> = { config: Config.NonEmptyString }
export const secret: Kind<Redacted.Redacted> = { config: Config.Redacted, secret: true }
/** Sent in a header, which takes no other characters: a call would fail as if the other side were away. */
export const secretHeader: Kind<Redacted.Redacted> = {
  config: (name) =>
    Config.map(
      Config.schema(
        Schema.String.check(
          Schema.makeFilter((value) => /^[\x20-\x7e]*$/.test(value), {
            message: "Expected a key of ASCII characters without line breaks"
          })
        ),
        name
      ),
      (value) => Redacted.make(value)
    ),
  secret: true
}
/** OpenTelemetry's form of a header list; undefined if it has another one, or a value that no header can hold. */
export const headersOf = (list: string): Readonly<Record<string, string>> | undefined => {
  const headers: Record<string, string> = {}
  for (const entry of list.split(",").filter((each) => each.trim() !== "")) {
    const sign = entry.indexOf("=")
    const [name, encoded] = [entry.slice(0, Math.max(sign, 0)).trim(), entry.slice(sign + 1).trim()]
    if (name === "" || /\s/.test(name) || /%(?![\da-f]{2})/i.test(encoded)) return undefined
    const value = encoded.replaceAll(/%[\da-f]{2}/gi, (code) => String.fromCharCode(Number.parseInt(code.slice(1), 16)))
    if (!/^[\x20-\x7e]*$/.test(value)) return undefined
    headers[name] = value
  }
  return headers
}
export const secretHeaders: Kind<Redacted.Redacted> = {
  config: (name) =>
    Config.map(
      Config.schema(
        Schema.String.check(
          Schema.makeFilter((value) => headersOf(value) !== undefined, {
            message: "Expected name=value, separated by commas, the values percent-encoded"
          })
        ),
        name
      ),
      (value) => Redacted.make(value)
    ),
  secret: true
}
/** OpenTelemetry's form of a list, as its libraries read it. */
export const attributes: Kind<Readonly<Record<string, string>>> = {
  config: (name) =>
    Config.Record(Schema.StringFromUriComponent, Schema.StringFromUriComponent, name, {
      trim: true,
      keepEmptyValues: true
    })
}
export const flag: Kind<boolean> = { config: Config.Boolean }
export const port: Kind<number> = { config: Config.Port }
export const logLevel = { config: Config.LogLevel }

export const HttpUrl = Schema.URLFromString.check(
  Schema.makeFilter((url) => /^https?:$/u.test(url.protocol), {
    message: "Expected an address such as http://127.0.0.1:8000"
  })
)

export const address: Kind<URL> = { config: (name) => Config.schema(HttpUrl, name) }

/** Anyone who knows it can call it. */
export const secretAddress: Kind<Redacted.Redacted<URL>> = {
  config: (name) => Config.map(Config.schema(HttpUrl, name), (url) => Redacted.make(url)),
  secret: true
}

export const oneOf = <const L extends ReadonlyArray<string>>(...literals: L): Kind<L[number]> => ({
  config: (name) => Config.Literals(literals, name)
})

/** Comma separated. */
export const someOf = (...words: ReadonlyArray<string>): Kind<string> => ({
  config: (name) =>
    Config.schema(
      Schema.String.check(
        Schema.makeFilter((list) => list.split(",").every((word) => words.includes(word.trim())), {
          message: `Expected one or more of ${words.join(", ")}, separated by commas`
        })
      ),
      name
    )
})

const between = (minimum: number, maximum: number) =>
  Schema.FiniteFromString.check(Schema.isBetween({ minimum, maximum }))

export const amount = (unit: string, minimum: number, maximum: number): Kind<number> => ({
  config: (name) => Config.schema(between(minimum, maximum), name),
  unit
})

export const seconds = amount("seconds", 0, 86_400)

/** A share from 0 to 1. */
export const rate: Kind<number> = { config: (name) => Config.schema(between(0, 1), name) }

export const whole = (minimum: number, maximum: number, unit?: string): Kind<number> => ({
  config: (name) => Config.schema(between(minimum, maximum).check(Schema.isInt()), name),
  ...(unit === undefined ? {} : { unit })
})
