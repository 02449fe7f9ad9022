/** A storage whose calls are measured, but for reads: these last as long as their reader takes. */
import { providerCall } from "../../otel/metrics/errors.ts"
import type { ObjectStorage } from "../../services/ObjectStorage.ts"

type Storage = ObjectStorage["Service"]

export const measuredStorage = (storage: Storage): Storage => ({
  ...storage,
  put: (path, content, mediaType) => storage.put(path, content, mediaType).pipe(providerCall("storage", "put")),
  stat: (path) => storage.stat(path).pipe(providerCall("storage", "stat")),
  remove: (...paths) => storage.remove(...paths).pipe(providerCall("storage", "remove")),
  uploadAddress: (path, mediaType) => storage.uploadAddress(path, mediaType).pipe(providerCall("storage", "sign"))
})
