/** `bytes` are the listener's to keep. */
export type DatagramListener = (bytes: Buffer, port: number, address: string) => void;

/** A UDP socket, of the family of the address that it is bound to. */
export interface DatagramSocket {
  /**
   * Sends `bytes`, which may change afterwards. Returns the errno's name when the kernel refused them; what it could not take
   * at once (a full send buffer) follows when it can.
   */
  send(bytes: Uint8Array, port: number, address: string): string | undefined;
  /** Hands over what comes. */
  receive(listener: DatagramListener): void;
  close(): void;
}
