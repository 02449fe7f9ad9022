/**
 * Frees a buffer that is no longer read, without waiting for V8, which collects when 64 MB of buffers have been allocated: a worker
 * marked its heap half as often. A buffer that is shared is left alone.
 */
export const giveBack = ({ buffer, byteLength }: Uint8Array): void => {
  if (buffer instanceof ArrayBuffer && buffer.byteLength === byteLength) buffer.transfer(0)
}
