/** The part of Tesseract's interface that is used here; the package brings no types. */
declare module "tesseract.js-core/tesseract-core-simd-lstm.js" {
  interface TessBaseAPI {
    /** 0 on success. */
    Init(path: null, languages: string, engine: number, config: undefined): number
    SetVariable(name: string, value: string): boolean
    /** Of the file `/input`; 0 if it could be read. */
    SetImageFile(exif: number, angle: number): number
    Recognize(monitor: null): number
    GetJSONText(page: number): string
    Clear(): void
  }
  interface TesseractCore {
    readonly FS: { writeFile(path: string, data: Uint8Array): void }
    readonly TessBaseAPI: new() => TessBaseAPI
  }
  const load: (options: {
    readonly print: (line: string) => void
    readonly printErr: (line: string) => void
  }) => Promise<TesseractCore>
  export default load
}
