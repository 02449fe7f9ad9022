/** What the file system's errors mean for a job. */
import { RecoverableError, type ServiceError, TransientError } from "../../../src/domain/ServiceError.ts"

/** `errno`: the system's name, as `ENOSPC`. */
export const fileError = (errno: string | undefined, cause?: unknown): ServiceError => {
  const details = { dependency: "storage", cause } as const
  switch (errno) {
    case "EACCES":
    case "EPERM":
      return new RecoverableError({
        code: "STORAGE_DENIED",
        message: "This user may not read or write the storage folder.",
        ...details
      })
    case "EEXIST":
      return new TransientError({
        code: "STORAGE_FAILED",
        message: "An object with this name already exists, and objects are never replaced.",
        ...details
      })
    case "EROFS":
      return new RecoverableError({
        code: "STORAGE_DENIED",
        message: "The storage folder is on a read-only file system.",
        ...details
      })
    case "ENOSPC":
    case "EDQUOT":
      return new RecoverableError({
        code: "STORAGE_FULL",
        message: "The disk of the storage folder is full.",
        ...details
      })
    default:
      return new TransientError({
        code: "STORAGE_FAILED",
        message: `The storage folder failed with ${errno ?? "an unknown error"}.`,
        ...details
      })
  }
}
