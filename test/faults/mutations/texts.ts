/** Defects in how documents are parsed and chunked. */
import type { Mutation } from "./Mutation.ts"

export const texts: ReadonlyArray<Mutation> = [
  {
    name: "the parser is sent more bytes than were announced",
    edits: [{
      file: "src/stages/originalOf.ts",
      from: "return bytes > job.bytes ? corrupt(\"size\") : Effect.void",
      to: "return Effect.void"
    }],
    cases: ["test/stages/parse/parse.test.ts"]
  },
  {
    name: "an unreadable source counts as covered",
    edits: [{
      file: "src/domain/coverage/warnings.ts",
      from: "[`Coverage unknown: ${coverageUnknown}`]",
      to: "[]"
    }],
    cases: ["test/stages/text/cover.test.ts"]
  },
  {
    name: "file types are detected by an expression that backtracks over comments",
    edits: [{
      file: "src/domain/sniff.ts",
      from: "if (opensAsHtml(head))",
      to: String.raw`if (/^\s*(?:<!--[\s\S]*?-->\s*)*<html/i.test(head))`
    }],
    cases: ["A1"]
  },
  {
    name: "combining marks on one letter are sorted without a limit",
    edits: [{ file: "src/domain/text.ts", from: "text.replace(heaps, \"$1\")", to: "text" }],
    cases: ["A1a"]
  },
  {
    name: "a heading is cut inside a character",
    edits: [{
      file: "src/chunking/Line.ts",
      from: "Math.min(end, cutAt(text, from + 400, from))",
      to: "Math.min(end, from + 400)"
    }],
    cases: ["test/chunking/markdownStructure.test.ts"]
  },
  {
    name: "long documents are parsed in the lane of the short ones",
    edits: [{
      file: "layers/DocumentParser/local/threads/ParsePool.ts",
      from: "const [short, long] = [makeTurns(), makeTurns()]",
      to: "const short = makeTurns()\n  const long = short"
    }],
    cases: ["test/layers/DocumentParser/local/threads/ParsePool.test.ts"]
  },
  {
    name: "the parser serves users first come, first served",
    edits: [{
      file: "layers/shared/Turns.ts",
      from: "for (const user of waiters.keys()) if (!served.has(user)) return user",
      to: "for (const user of waiters.keys()) return user"
    }],
    cases: ["test/layers/shared/Turns.test.ts"]
  },
  {
    name: "a text is cut for a row inside a character",
    edits: [{
      file: "src/domain/text.ts",
      from: "return fit.slice(0, cutAt(fit, most, 0)).toWellFormed()",
      to: "return fit.slice(0, most)"
    }],
    cases: ["test/domain/text.test.ts"]
  },
  {
    name: "spaces around line breaks are found by an expression that rescans each one",
    edits: [{
      file: "layers/DocumentParser/local/html/htmlTree.ts",
      from: ".split(\"\\n\").map(withoutEnds).join(\"\\n\")",
      to: String.raw`.replaceAll(/[ \u00a0]*\n[ \u00a0]*/g, "\n")`
    }],
    cases: ["A23"]
  },
  {
    name: "a text that lacks a part of its source continues under the policy fail",
    edits: [{
      file: "src/stages/text/validate.ts",
      from: "if (covered.policy === \"fail\" && covered.warnings !== undefined) {",
      to: "if (covered.policy === \"fail\" && covered.warnings === null) {"
    }],
    cases: ["test/stages/text/validate.test.ts"]
  }
]
