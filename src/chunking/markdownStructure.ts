/**
 * `markdown-structure@1`: sections, lists, tables and code kept whole, about 400 tokens a chunk.
 *
 * A section of 100 tokens or more stands alone; smaller neighbours under the same parent share a chunk while they fit. What is
 * longer than 500 tokens is cut at the best place between 100 and 400, so any block of 400 tokens stays whole. There is no
 * overlap: a cut comes between blocks or sentences, the heading path is in `meta`, a divided table or fence repeats its
 * header, and text repeated would be text embedded, paid for and found twice.
 */
import type { TextChunk } from "../domain/Chunk.ts"
import { type Atom, Cut, type Section } from "./Atom.ts"
import { type Pages, readPages } from "./Pages.ts"
import { atomLimit, readAtoms } from "./readAtoms.ts"
import { perToken } from "./TokenEstimate.ts"

const target = 400 * perToken
const smallest = 100 * perToken
/** With the bound on a token's bytes (TokenEstimate) this keeps every chunk under 8,191 bytes. */
const largest = target + atomLimit

export function* markdownStructure(markdown: string): Generator<TextChunk, undefined> {
  const pages = readPages(markdown)
  let held = hold([])
  let hasBody = false
  for (const atom of readAtoms(pages.text)) {
    let cut = atom.cut
    if (cut === Cut.heading && held.atoms.length > 0) {
      const level = firstLevel(held.atoms)
      if (!hasBody) cut = Cut.bound
      else if (held.cost >= smallest || atom.section.level < level) {
        yield* chunkOf(pages, held.atoms, held.atoms.length)
        held = hold([])
      } else if (atom.section.level === level) cut = Cut.sibling
    }
    hasBody = !atom.isHeading
    held.atoms.push(cut === atom.cut ? atom : { ...atom, cut })
    held.cost += atom.cost
    if (cut === Cut.sibling) held.siblings++
    while (overflows(held)) {
      const end = cutIndex(held.atoms)
      yield* chunkOf(pages, held.atoms, end)
      held = hold(held.atoms.slice(end))
    }
  }
  yield* chunkOf(pages, held.atoms, held.atoms.length)
  return undefined
}

/** Read but not yet cut: at most a chunk and an atom. */
interface Held {
  readonly atoms: Array<Atom>
  cost: number
  siblings: number
}

const hold = (atoms: Array<Atom>): Held => ({
  atoms,
  cost: atoms.reduce((sum, atom) => sum + atom.cost, atoms[0]?.region?.cost ?? 0),
  siblings: atoms.filter((atom) => atom.cut === Cut.sibling).length
})

const overflows = (held: Held): boolean => held.atoms.length > 1 && held.cost > (held.siblings > 0 ? target : largest)

/** The best cut of the held atoms: before this one. */
const cutIndex = (held: ReadonlyArray<Atom>): number => {
  const prefix = held[0]?.region?.cost ?? 0
  let best = 0
  let bestCut = -1
  let fallback = 1
  let before = prefix
  for (const [index, atom] of held.entries()) {
    if (index > 0) {
      if (before > largest) break
      fallback = index
      const isBetter = before <= target ? atom.cut >= bestCut : atom.cut > bestCut
      if (isBetter && (atom.cut === Cut.sibling || before >= prefix + smallest)) {
        best = index
        bestCut = atom.cut
      }
    }
    before += atom.cost
  }
  return best === 0 ? fallback : best
}

function* chunkOf(pages: Pages, held: ReadonlyArray<Atom>, count: number): Generator<TextChunk> {
  const first = held[0]
  const last = held[count - 1]
  if (first === undefined || last === undefined) return
  const source = pages.text.slice(first.start, last.end).trimEnd()
  const body = source.trimStart()
  if (body === "") return
  const region = first.region
  // The first line of code behind a repeated opening line keeps its indentation.
  const own = region === undefined || region.suffix === "" ? body : source
  const end = first.start + source.length
  yield {
    text: (region?.prefix ?? "") + own + (held[count]?.region?.suffix ?? ""),
    meta: { headings: commonHeadings(held, count), ...pages.place(end - own.length, end) }
  }
}

/** The headings above all of the chunk's text; a heading without text of its own does not count, unless there are only such. */
const commonHeadings = (held: ReadonlyArray<Atom>, count: number): ReadonlyArray<string> => {
  let section: Section | undefined
  let common: ReadonlyArray<string> | undefined
  for (let index = 0; index < count; index++) {
    const atom = held[index]
    if (atom === undefined || atom.isHeading || atom.section === section) continue
    section = atom.section
    common = common === undefined ? section.headings : shared(common, section.headings)
  }
  return common ?? held[0]?.section.headings ?? []
}

const shared = (some: ReadonlyArray<string>, others: ReadonlyArray<string>): ReadonlyArray<string> => {
  const differs = some.findIndex((heading, index) => heading !== others[index])
  return differs === -1 ? some : some.slice(0, differs)
}

/** The level the chunk began with; text before the first heading ranks with that heading. */
const firstLevel = (held: ReadonlyArray<Atom>): number =>
  held.find((atom) => atom.section.level > 0)?.section.level ?? 0
