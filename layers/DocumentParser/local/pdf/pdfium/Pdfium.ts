/**
 * PDFium as WebAssembly, inside the parsing thread: no network, no files, no scripts. Its memory is capped, and an instance
 * that failed is not used again.
 */
import { type Imports, init, type PdfiumFunctions, type PdfiumMemory } from "@embedpdf/pdfium"
import { readFile } from "node:fs/promises"
import { fileURLToPath } from "node:url"
import { resourceLimits } from "node:worker_threads"
import { ParseFailure } from "../../ParseFailure.ts"

export interface Pdfium extends PdfiumFunctions {
  readonly memory: PdfiumMemory
  /** Memory was refused to it, so that what it read may be incomplete. */
  readonly isExhausted: () => boolean
  /** Room for the results of one call; the next call overwrites them. */
  readonly scratch: number
}

/** The limit of the thread, or of a process without one; beyond it, allocating fails, and with it the document. */
const mostMemory = (resourceLimits.maxOldGenerationSizeMb ?? 1024) * 1024 * 1024
/** Memory never shrinks: an instance that has grown beyond this serves no other document. */
const mostKept = 192 * 1024 * 1024
export const scratchBytes = 4096

let compiled: Promise<WebAssembly.Module> | undefined
let idle: Pdfium | undefined

const compile = async () =>
  await WebAssembly.compile(await readFile(fileURLToPath(import.meta.resolve("@embedpdf/pdfium/pdfium.wasm"))))

const start = async (): Promise<Pdfium> => {
  compiled ??= compile()
  const module = await compiled
  let isExhausted = false
  const withLimit = (imports: Imports) => ({
    ...imports,
    env: {
      ...imports.env,
      emscripten_resize_heap: (bytes: number) => {
        if (bytes <= mostMemory) return imports.env.emscripten_resize_heap(bytes)
        isExhausted = true
        return 0
      }
    }
  })
  const { pdfium: memory, ...functions } = await init({
    print: () => {},
    printErr: () => {},
    instantiateWasm: (imports, done) => {
      const instance = new WebAssembly.Instance(module, withLimit(imports))
      done(instance)
      return instance.exports
    }
  })
  functions.PDFiumExt_Init()
  const { FPDFAnnot_GetStringValue, FPDFPageObjMark_GetParamStringValue, FPDF_LoadMemDocument } = functions
  return {
    ...memory.wasmExports,
    FPDFAnnot_GetStringValue,
    FPDFPageObjMark_GetParamStringValue,
    FPDF_LoadMemDocument,
    memory,
    isExhausted: () => isExhausted,
    scratch: memory.wasmExports.malloc(scratchBytes)
  }
}

/** One document at a time: a parsing thread has no other. */
export const withPdfium = async <A>(use: (pdfium: Pdfium) => Promise<A>): Promise<A> => {
  const pdfium = idle ?? await start()
  idle = undefined
  const keep = () => {
    if (pdfium.memory.HEAPU8.length <= mostKept && !pdfium.isExhausted()) idle = pdfium
  }
  try {
    const result = await use(pdfium)
    if (pdfium.isExhausted()) throw tooLarge()
    keep()
    return result
  } catch (cause) {
    if (pdfium.isExhausted() || cause instanceof WebAssembly.RuntimeError) throw tooLarge(cause)
    if (cause instanceof ParseFailure) keep()
    throw cause
  }
}

const tooLarge = (cause?: unknown) =>
  new ParseFailure("PARSE_TOO_COMPLEX", "Reading the PDF exceeded the memory limit or crashed its reader.", cause)

/** `read` is called with room for a UTF-16 text and returns its length in bytes, with the final zero. */
export const readString = (pdfium: Pdfium, read: (buffer: number, size: number) => number): string => {
  const { memory, scratch } = pdfium
  const needed = read(scratch, scratchBytes)
  if (needed <= 2) return ""
  if (needed <= scratchBytes) return memory.UTF16ToString(scratch, needed)
  const buffer = memory.wasmExports.malloc(needed)
  try {
    read(buffer, needed)
    return memory.UTF16ToString(buffer, needed)
  } finally {
    memory.wasmExports.free(buffer)
  }
}

export const floats = ({ memory: { HEAPF32 }, scratch }: Pdfium, count: number): ReadonlyArray<number> =>
  Array.from(HEAPF32.subarray(scratch >> 2, (scratch >> 2) + count))
