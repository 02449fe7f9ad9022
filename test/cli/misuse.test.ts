/** Every command, as the completions list it: a command line with a mistake in it runs nothing. */
import { assert, it } from "@effect/vitest"
import { Effect } from "effect"
import { Completions } from "effect/cli"
import { command } from "../../src/cli/accessa.ts"
import { runCli } from "../support/harness/runCli.ts"

interface Leaf {
  readonly words: ReadonlyArray<string>
  readonly flags: Completions.CommandDescriptor["flags"]
}

const leavesOf = (at: Completions.CommandDescriptor, before: ReadonlyArray<string> = []): ReadonlyArray<Leaf> =>
  at.subcommands.length === 0
    ? [{ words: [...before, ...at.arguments.map(placeholder)], flags: at.flags }]
    : at.subcommands.flatMap((each) => leavesOf(each, [...before, each.name]))

const number = "1"
const id = "11111111-1111-4111-8111-111111111111"

const placeholder = ({ type }: Completions.CommandDescriptor["arguments"][number]): string =>
  type._tag === "Choice" ? type.values[0] ?? number : number

const leaves = leavesOf(Completions.fromCommand(command))

const given = ({ name, type }: Leaf["flags"][number]): string =>
  type._tag === "Boolean" ? `--${name}` : `--${name}=${type._tag === "Choice" ? type.values[0] : "1"}`

/** Must be refused because of this flag; flags that the command requires are added. */
const refused: (leaf: Leaf, said: ReadonlyArray<string>, flag: string) => Effect.Effect<void> = Effect.fnUntraced(
  function*(leaf, said, flag) {
    const { code, stderr, stdout } = yield* runCli([...leaf.words, ...said, "--url", "http://127.0.0.1:1"])
    const line = [...leaf.words, ...said].join(" ")
    assert.strictEqual(code, 2, `${line}: ${stderr}`)
    assert.strictEqual(stdout, "", line)
    if (stderr.includes("for argument") && leaf.words.includes(number)) {
      return yield* refused({ ...leaf, words: leaf.words.map((word) => word === number ? id : word) }, said, flag)
    }
    const [, missing] = /Missing required flag: --([\w-]+)/u.exec(stderr) ?? []
    const required = leaf.flags.find(({ name }) => name === missing && name !== flag)
    if (required !== undefined) return yield* refused(leaf, [...said, given(required)], flag)
    assert.include(stderr, `--${flag}`, line)
  }
)

it.effect("every command refuses a flag that it does not have", () =>
  Effect.forEach(leaves, (leaf) => refused(leaf, ["--unknwon"], "unknwon")))

it.effect("every command refuses a number with a unit", () =>
  Effect.forEach(leaves, (leaf) =>
    Effect.forEach(
      leaf.flags.filter(({ type }) => type._tag === "Int" || type._tag === "Finite"),
      ({ name }) => refused(leaf, [`--${name}=5x`], name)
    )))

it.effect("every command refuses a flag that is given twice, unless it may be repeated", () =>
  Effect.forEach(leaves, (leaf) =>
    Effect.forEach(
      leaf.flags.filter(({ description = "", name }) => name !== "url" && !description.includes("may be repeated")),
      (flag) => refused(leaf, [given(flag), given(flag)], flag.name)
    )))
