/** Bytes written to a server as they are, and what comes back: for requests that no client would send. */
import { connect, type Socket } from 'node:net'

export interface RawAnswer {
  /** 0 where nothing came. */
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  readonly text: string
}

/** A connection to a server on this machine. What it receives is kept. */
export class RawConnection {
  readonly socket: Socket
  #received = ''
  readonly #ended: Promise<void>

  constructor(port: number) {
    this.socket = connect({ host: '127.0.0.1', port, allowHalfOpen: true })
    this.socket.setEncoding('utf8')
    this.socket.on('data', (text: string) => {
      this.#received += text
    })
    // A server that closes while more is being written resets the connection; what it had said before stands.
    this.socket.on('error', () => {})
    this.#ended = new Promise((resolve) => {
      for (const event of ['end', 'close', 'error']) this.socket.once(event, () => resolve())
    })
  }

  /** Resolves when it is written, or when it no longer can be. */
  async write(bytes: string | Buffer): Promise<void> {
    if (!this.socket.writable) return
    await new Promise<void>((resolve) => this.socket.write(bytes, () => resolve()))
  }

  /** What the server said when it closed the connection. */
  async untilClosed(): Promise<RawAnswer> {
    await this.#ended
    this.socket.destroy()
    return rawAnswer(this.#received)
  }

  /** What the server has said once it says `words`, or has closed. */
  async untilSaid(words: string): Promise<string> {
    while (!this.#received.includes(words) && !this.socket.readableEnded && !this.socket.destroyed)
      await Promise.race([new Promise((resolve) => this.socket.once('data', resolve)), this.#ended])
    return this.#received
  }
}

/** Sends bytes and waits until the server closes. */
export async function rawRequest(port: number, bytes: string | Buffer): Promise<RawAnswer> {
  const connection = new RawConnection(port)
  await connection.write(bytes)
  return await connection.untilClosed()
}

function rawAnswer(text: string): RawAnswer {
  const [head = '', ...rest] = text.split('\r\n\r\n')
  const [first = '', ...lines] = head.split('\r\n')
  const headers = lines.map((line): [string, string] => {
    const colon = line.indexOf(':')
    return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()]
  })
  const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(first)?.[1] ?? 0)
  return { status, headers: Object.fromEntries(headers), body: rest.join('\r\n\r\n'), text }
}
