/** The part of PDFium that is called here; the package's own types need those of Emscripten. Booleans are 0 or 1. */
declare module "@embedpdf/pdfium" {
  type Call<N extends number> = N extends 1 ? (a: number) => number
    : N extends 2 ? (a: number, b: number) => number
    : N extends 3 ? (a: number, b: number, c: number) => number
    : N extends 4 ? (a: number, b: number, c: number, d: number) => number
    : N extends 5 ? (a: number, b: number, c: number, d: number, e: number) => number
    : (a: number, b: number, c: number, d: number, e: number, f: number) => number

  export interface PdfiumFunctions {
    FPDF_LoadMemDocument: (data: number, size: number, password: string) => number
    FPDF_CloseDocument: Call<1>
    FPDF_GetLastError: () => number
    FPDF_GetPageCount: Call<1>
    FPDF_GetFormType: Call<1>
    FPDF_LoadPage: Call<2>
    FPDF_ClosePage: Call<1>
    FPDF_GetPageBoundingBox: Call<2>
    FPDFPage_GetRotation: Call<1>
    FPDFPage_CountObjects: Call<1>
    FPDFPage_GetObject: Call<2>
    FPDFPage_GetAnnotCount: Call<1>
    FPDFPage_GetAnnot: Call<2>
    FPDFPage_CloseAnnot: Call<1>
    FPDFText_LoadPage: Call<1>
    FPDFText_ClosePage: Call<1>
    FPDFText_CountChars: Call<1>
    FPDFText_GetText: Call<4>
    FPDFText_GetUnicode: Call<2>
    FPDFText_IsGenerated: Call<2>
    FPDFText_HasUnicodeMapError: Call<2>
    FPDFText_GetTextObject: Call<2>
    FPDFText_GetFontSize: Call<2>
    FPDFText_GetMatrix: Call<3>
    FPDFText_GetCharOrigin: Call<4>
    FPDFText_GetLooseCharBox: Call<3>
    FPDFTextObj_GetFont: Call<1>
    FPDFTextObj_GetTextRenderMode: Call<1>
    FPDFFont_GetBaseFontName: Call<3>
    FPDFFormObj_CountObjects: Call<1>
    FPDFFormObj_GetObject: Call<2>
    FPDFPageObj_GetType: Call<1>
    FPDFPageObj_GetBounds: Call<5>
    FPDFPageObj_GetMatrix: Call<2>
    FPDFPageObj_CountMarks: Call<1>
    FPDFPageObj_GetMark: Call<2>
    FPDFPageObj_SetIsActive: Call<2>
    FPDFPageObjMark_GetName: Call<4>
    FPDFPageObjMark_GetParamStringValue: (
      mark: number,
      key: string,
      buffer: number,
      size: number,
      out: number
    ) => boolean
    FPDFAnnot_GetSubtype: Call<1>
    FPDFAnnot_GetFlags: Call<1>
    FPDFAnnot_GetRect: Call<2>
    FPDFAnnot_GetStringValue: (annotation: number, key: string, buffer: number, size: number) => number
    FPDFAnnot_GetFormFieldType: Call<2>
    FPDFAnnot_GetFormFieldFlags: Call<2>
    FPDFAnnot_GetFormFieldValue: Call<4>
    FPDFAnnot_GetOptionCount: Call<2>
    FPDFAnnot_GetOptionLabel: Call<5>
    FPDFAnnot_IsOptionSelected: Call<3>
    FPDFAnnot_GetObjectCount: Call<1>
    FPDFAnnot_GetObject: Call<2>
    EPDFAnnot_ExportAppearanceAsDocument: Call<1>
    FPDFDoc_GetAttachmentCount: Call<1>
    FPDFBitmap_CreateEx: Call<5>
    FPDFBitmap_FillRect: Call<6>
    FPDFBitmap_GetBuffer: Call<1>
    FPDFBitmap_GetStride: Call<1>
    FPDFBitmap_Destroy: Call<1>
    FPDF_RenderPageBitmap: (
      bitmap: number,
      page: number,
      x: number,
      y: number,
      width: number,
      height: number,
      rotate: number,
      flags: number
    ) => number
    PDFiumExt_Init: () => void
    PDFiumExt_OpenFormFillInfo: () => number
    PDFiumExt_CloseFormFillInfo: Call<1>
    PDFiumExt_InitFormFillEnvironment: Call<2>
    PDFiumExt_ExitFormFillEnvironment: Call<1>
  }

  type WithText = "FPDF_LoadMemDocument" | "FPDFAnnot_GetStringValue" | "FPDFPageObjMark_GetParamStringValue"

  export interface PdfiumMemory {
    /** Views of the memory; replaced when it grows. */
    HEAPU8: Uint8Array<ArrayBuffer>
    HEAPF32: Float32Array
    HEAPF64: Float64Array
    UTF16ToString: (pointer: number, mostBytes: number) => string
    /** The functions without the checks and conversions of those with a string among their arguments. */
    wasmExports: Omit<PdfiumFunctions, WithText> & {
      malloc: (bytes: number) => number
      free: (pointer: number) => void
    }
  }

  export interface Imports {
    env: { emscripten_resize_heap: (bytes: number) => number }
  }

  export const init: (options: {
    print: () => void
    printErr: () => void
    instantiateWasm: (imports: Imports, done: (instance: WebAssembly.Instance) => void) => object
  }) => Promise<PdfiumFunctions & { pdfium: PdfiumMemory }>
}

declare namespace WebAssembly {
  interface Module {
    readonly [isModule]: true
  }
  class Instance {
    constructor(module: Module, imports: object)
    readonly exports: object
  }
  const isModule: unique symbol
  const compile: (bytes: Uint8Array) => Promise<Module>
  class RuntimeError extends Error {}
}
