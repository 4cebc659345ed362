declare module 'socket.io-client-1' {
  /** What the tests use of the client of socket.io 1.7, which came without types. */
  interface OldSocket {
    readonly connected: boolean;
    readonly io: {
      readonly engine: {
        readonly transport: { readonly name: string };
        on(event: string, listener: (...words: never[]) => void): unknown;
      };
    };
    on(event: string, listener: (...words: never[]) => void): this;
    emit(event: string, ...words: unknown[]): this;
    disconnect(): this;
  }

  export default function io(url: string, options: Readonly<Record<string, unknown>>): OldSocket;
}
