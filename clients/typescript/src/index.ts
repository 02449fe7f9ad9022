/** A client of the Accessa Ingestion API: `new Accessa({ url, key })`. */
export { Accessa, type Connection } from "./Accessa.ts"
export { AccessaError } from "./AccessaError.ts"
export type * from "./schemas.ts"
export type { Progress, UploadOptions } from "./upload.ts"
