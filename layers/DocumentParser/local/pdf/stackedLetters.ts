/** Letters that are set one below another, such as a label at the side of a page, form a word. */
import type { Run } from "./pdfText.ts"

/** Fewer letters are points of a list, or signs of a drawing. */
const fewest = 4
/** With more letters that stand alone, the page is a drawing. */
const most = 500
/** In type sizes: from one letter to the next, and how much that varies. */
const step = { least: 0.6, most: 1.6, varies: 0.15 }
/** In type sizes: how far their middles are apart. */
const aligned = 0.35
/** In type sizes: text on the same base line makes them cells of a table, or the first letters of its lines. */
const sameLine = 0.4

const isLetter = ({ isTurned, text }: Run): boolean =>
  !isTurned && /^[\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}]$/u.test(text)

/** In the order in which they are drawn. */
export const joinStacked = (runs: ReadonlyArray<Run>): ReadonlyArray<Run> => {
  const letters = runs.filter(isLetter).length
  if (letters < fewest || letters > most) return runs
  const joined: Array<Run> = []
  for (let i = 0; i < runs.length;) {
    const stack = stackAt(runs, i)
    const [first] = stack
    if (first === undefined || stack.length < fewest || isAlphabet(stack) || !isAlone(stack, runs)) {
      joined.push(...runs.slice(i, ++i))
      continue
    }
    const x0 = Math.min(...stack.map((run) => run.x0))
    joined.push({
      ...first,
      text: stack.map(({ text }) => text).join(""),
      x0,
      x1: Math.max(...stack.map((run) => run.x1))
    })
    i += stack.length
  }
  return joined
}

const stackAt = (runs: ReadonlyArray<Run>, start: number): ReadonlyArray<Run> => {
  const stack: Array<Run> = []
  let usual = 0
  for (let i = start; i < runs.length; i++) {
    const run = runs[i]
    if (run === undefined || !isLetter(run)) break
    const last = stack.at(-1)
    if (last !== undefined) {
      const down = run.y - last.y
      const isNear = down >= step.least * run.size && down <= step.most * run.size
      const isSteady = usual === 0 || Math.abs(down - usual) <= step.varies * run.size
      if (last.size !== run.size || !isNear || !isSteady || Math.abs(middle(run) - middle(last)) > aligned * run.size) {
        break
      }
      usual ||= down
    }
    stack.push(run)
  }
  return stack
}

const middle = ({ x0, x1 }: Run): number => (x0 + x1) / 2

/** `A`, `B`, `C`, `D` count something. */
const isAlphabet = (stack: ReadonlyArray<Run>): boolean =>
  stack.every(({ text }, i) => i === 0 || text.codePointAt(0) === (stack[i - 1]?.text.codePointAt(0) ?? 0) + 1)

const isAlone = (stack: ReadonlyArray<Run>, runs: ReadonlyArray<Run>): boolean => {
  const own = new Set(stack)
  return !runs.some((run) => !own.has(run) && stack.some(({ size, y }) => Math.abs(run.y - y) < sameLine * size))
}
