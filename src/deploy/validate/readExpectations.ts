/** Reads what is expected of an environment. Each error is a sentence that names the line and the field. */
import { Effect, FileSystem, Schema, SchemaAST, SchemaIssue } from "effect"
import { isNode, isScalar, LineCounter, parseDocument, visit } from "yaml"
import { nearestName } from "../../domain/nearestName.ts"
import { secretSettings, settingNames } from "../../settings/table.ts"
import { Expectations } from "./Expectations.ts"
import { secretValue } from "./looksSecret.ts"

export class ExpectationsUnreadable extends Schema.TaggedError<ExpectationsUnreadable>()("ExpectationsUnreadable", {
  message: Schema.String
}) {}

const decode = Schema.decodeUnknownEffect(Expectations, { errors: "all" })
const formatIssues = SchemaIssue.makeFormatterStandardSchemaV1()

export const readExpectations = Effect.fn("readExpectations")(function*(file: string) {
  const fs = yield* FileSystem.FileSystem
  const text = yield* Effect.mapError(
    fs.readFileString(file),
    () => new ExpectationsUnreadable({ message: `There is no file ${file} that can be read.` })
  )
  return yield* parseExpectations(text).pipe(
    Effect.mapError(({ message }) => new ExpectationsUnreadable({ message: `${file}: ${message}` }))
  )
})

export const parseExpectations = Effect.fnUntraced(function*(text: string) {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines })
  const [wrong] = document.errors
  if (wrong !== undefined) return yield* unreadable(wrong.message.split("\n")[0] ?? "it is not valid YAML")

  const lineOf = (path: ReadonlyArray<PropertyKey>): number => {
    const node = document.getIn(path, true)
    return isNode(node) && node.range
      ? lines.linePos(node.range[0]).line
      : path.length === 0
      ? 1
      : lineOf(path.slice(0, -1))
  }
  const secrets: Array<string> = []
  visit(document, {
    Scalar: (_, node) => {
      const what = isScalar(node) && typeof node.value === "string" ? secretValue(node.value) : undefined
      if (what === undefined) return
      const line = node.range ? lines.linePos(node.range[0]).line : 1
      secrets.push(
        `line ${line} holds what looks like ${what}. Keep secrets in the environment, and only their names here; revoke this one if it is real`
      )
    }
  })
  if (secrets.length > 0) return yield* unreadable(secrets.join("; "))

  const content: unknown = document.toJS()
  const unknown = unknownKeys(SchemaAST.toEncoded(Expectations.ast), content, [])
  if (unknown.length > 0) {
    return yield* unreadable(unknown.map(({ path, said }) => `line ${lineOf(path)}: ${said}`).join("; "))
  }
  const expectations = yield* decode(content).pipe(
    Effect.catch(({ issue }) =>
      unreadable(
        formatIssues(issue).issues.map(({ message, path = [] }) => {
          const steps = path.map((step) => typeof step === "object" ? step.key : step)
          return `line ${lineOf(steps)}: ${steps.map(String).join(".")}: ${message}`
        }).join("; ")
      )
    )
  )
  const misnamed = namesOf(expectations).flatMap(({ list, name, among }) => {
    if (name.includes("*") || among.includes(name)) return []
    const meant = nearestName(name, among)
    return [
      `settings.${list} names ${name}, which is not a ${list === "secrets" ? "secret " : ""}setting${
        meant === undefined ? "" : `; did you mean ${meant}?`
      }`
    ]
  })
  return misnamed.length > 0 ? yield* unreadable(misnamed.join("; ")) : expectations
})

const unreadable = (message: string) =>
  Effect.fail(new ExpectationsUnreadable({ message: `${message.replace(/\.$/, "")}.` }))

const namesOf = ({ settings }: Expectations) => [
  ...settings.secrets.map((name) => ({ list: "secrets", name, among: secretSettings })),
  ...settings.required.map((name) => ({ list: "required", name, among: settingNames })),
  ...settings.unset.map((name) => ({ list: "unset", name, among: settingNames }))
]

interface UnknownKey {
  readonly path: ReadonlyArray<string>
  readonly said: string
}

const unknownKeys = (ast: SchemaAST.AST, value: unknown, path: ReadonlyArray<string>): ReadonlyArray<UnknownKey> => {
  if (typeof value !== "object" || value === null || !SchemaAST.isObjects(ast) || ast.indexSignatures.length > 0) {
    return []
  }
  const known = ast.propertySignatures.map(({ name }) => String(name))
  return Object.entries(value).flatMap(([key, below]): ReadonlyArray<UnknownKey> => {
    const signature = ast.propertySignatures.find(({ name }) => name === key)
    const here = [...path, key]
    if (signature !== undefined) return unknownKeys(signature.type, below, here)
    const meant = nearestName(key, known, 3)
    return [{
      path: here,
      said: `${here.join(".")} is not known${
        meant === undefined ? `. Known here: ${known.join(", ")}` : `; did you mean ${meant}?`
      }`
    }]
  })
}
