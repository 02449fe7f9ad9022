/** A storage whose calls are measured; of reads, the time to the first bytes. */
import { providerCall, providerStream } from "../../otel/metrics/errors.ts"
import type { ObjectStorage } from "../../services/ObjectStorage.ts"

type Storage = ObjectStorage["Service"]

export const measuredStorage = (storage: Storage): Storage => ({
  ...storage,
  put: (path, content, mediaType) => storage.put(path, content, mediaType).pipe(providerCall("storage", "put")),
  get: (path) => storage.get(path).pipe(providerStream("storage", "get")),
  stat: (path) => storage.stat(path).pipe(providerCall("storage", "stat")),
  remove: (...paths) => storage.remove(...paths).pipe(providerCall("storage", "remove")),
  list: (bucket) => storage.list(bucket).pipe(providerStream("storage", "list")),
  uploadAddress: (path, file) => storage.uploadAddress(path, file).pipe(providerCall("storage", "sign"))
})
