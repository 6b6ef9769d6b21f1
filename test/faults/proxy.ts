/** Stands between the service and its database, and does to the connection what networks do. */
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import type { Teardown } from '../support/database.ts'

export interface Weather {
  /** Nothing passes, either way, and nothing is closed. */
  readonly hang?: boolean
  /** What is asked arrives; what is answered is lost. */
  readonly deaf?: boolean
  /** Each piece waits so long, in milliseconds. */
  readonly delayMs?: number
  /** The first bytes of each answer come one by one. */
  readonly slice?: boolean
  /** Of every so many commits that the server confirms one is cut off before the client hears of it. */
  readonly cutCommitEvery?: number
  /** Every so many pieces the connection is reset, before or after one. */
  readonly resetEvery?: number
}

export interface Proxy {
  /** The address of the database, through here. */
  readonly url: string
  set(weather: Weather): void
  /** Connections made so far. */
  connections(): number
  /** Connections cut or reset so far. */
  broken(): number
}

/** How a server says that a transaction is committed: the tag of CommandComplete. */
const COMMITTED = Buffer.from('COMMIT\0')
const SLICED_BYTES = 24

export async function openProxy(t: Teardown, database: string): Promise<Proxy> {
  const target = new URL(database)
  const state = { weather: {} as Weather, connections: 0, broken: 0, commits: 0, pieces: 0 }
  const sockets = new Set<Socket>()
  const server = createServer((client) => {
    state.connections += 1
    const upstream = connect(Number(target.port), target.hostname)
    const both = [client, upstream]
    for (const socket of both) {
      sockets.add(socket)
      socket.on('error', () => {}).on('close', () => both.forEach((one) => one.destroy()))
    }
    const breakUp = () => {
      state.broken += 1
      client.resetAndDestroy()
      upstream.resetAndDestroy()
    }
    relay(client, upstream, (data) => passes(state, 'asked', data, breakUp))
    relay(upstream, client, (data) => passes(state, 'answered', data, breakUp))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(async () => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return {
    url: Object.assign(new URL(database), { port: String((server.address() as AddressInfo).port) }).href,
    set(weather) {
      state.weather = weather
    },
    connections: () => state.connections,
    broken: () => state.broken,
  }
}

interface State {
  readonly weather: Weather
  broken: number
  commits: number
  pieces: number
}

/** In what pieces something passes, and after what wait; nothing when it does not. */
interface Passage {
  readonly pieces: readonly Buffer[]
  readonly delayMs: number
}

function passes(state: State, way: 'asked' | 'answered', data: Buffer, breakUp: () => void): Passage {
  const { hang, deaf, delayMs = 0, slice, cutCommitEvery, resetEvery } = state.weather
  const nothing = { pieces: [], delayMs: 0 }
  if (hang || (deaf && way === 'answered')) return nothing
  if (cutCommitEvery && way === 'answered' && data.includes(COMMITTED)) {
    state.commits += 1
    if (state.commits % cutCommitEvery === 0) {
      breakUp()
      return nothing
    }
  }
  state.pieces += 1
  if (resetEvery && state.pieces % resetEvery === 0) {
    breakUp()
    return nothing
  }
  return { pieces: slice && way === 'answered' ? sliced(data) : [data], delayMs }
}

function sliced(data: Buffer): Buffer[] {
  const single = Array.from({ length: Math.min(SLICED_BYTES, data.length) }, (_, at) => data.subarray(at, at + 1))
  return [...single, data.subarray(single.length)].filter(({ length }) => length > 0)
}

/** Passes on what comes, in its order. */
function relay(from: Socket, to: Socket, through: (data: Buffer) => Passage): void {
  let before = Promise.resolve()
  to.setNoDelay(true)
  from.on('data', (data: Buffer) => {
    const { pieces, delayMs } = through(data)
    before = before.then(async () => {
      if (delayMs > 0) await pause(delayMs)
      for (const piece of pieces) {
        to.write(piece)
        if (pieces.length > 1) await pause(0)
      }
    })
  })
}
