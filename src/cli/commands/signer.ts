/** `threshold signer`: a process that signs checkpoints, apart from service and database. */
import { chmodSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import closeWithGrace from 'close-with-grace'
import { readSignerToken } from '../../config.ts'
import { signerServer } from '../../signer/server.ts'
import { openSigner, trustLostKey } from '../../signer/signer.ts'

export interface SignerOptions {
  readonly folder: string
  readonly listen?: string
  readonly restart?: string
  readonly rotate?: boolean
  readonly trust?: string
  readonly because?: string
}
type Print = (line: string) => void

/** The owner and the group of the socket may ask; nobody else on the machine. */
const SOCKET_MODE = 0o660

export async function signer(options: SignerOptions, print: Print): Promise<void> {
  const { folder, restart, rotate, trust } = options
  if (restart !== undefined || rotate || trust !== undefined) return changed(options, print)
  const listen = options.listen ?? `unix:${join(resolve(folder), 'signer.sock')}`
  const path = listen.startsWith('unix:') ? listen.slice('unix:'.length) : undefined
  const token = readSignerToken()
  if (path === undefined && token === undefined)
    throw new Error('Set SIGNER_TOKEN: who can reach an address is not known. On a socket its owner and group decide.')
  const server = signerServer(openSigner(folder), token)
  // What a process that was killed left behind; a socket that somebody listens on is taken over by nobody else here.
  if (path) rmSync(path, { force: true })
  const [host = '127.0.0.1', port = '7210'] = listen.split(/:(?=\d+$)/)
  await new Promise<void>((listening, reject) => {
    server.once('error', reject)
    if (path) server.listen(path, listening)
    else server.listen(Number(port), host, listening)
  })
  if (path) chmodSync(path, SOCKET_MODE)
  closeWithGrace({ logger: false as never }, async () => {
    server.close()
  })
  print(`Signing for ${listen}`)
}

/** What is done to the folder of a signer, which is not running meanwhile. */
function changed({ folder, restart, rotate, trust, because }: SignerOptions, print: Print): void {
  if (!because) throw new Error('Say why with --because: the journal keeps it.')
  if (trust !== undefined) {
    const isNew = trustLostKey(folder, trust, because)
    print(`What that key signed is trusted.${isNew ? ' There is a new key: publish it beside that one.' : ''}`)
  }
  if (rotate) {
    openSigner(folder).rotate(because)
    print(
      'There is a new key, which GET /v1/audit/status tells once the signer runs. Publish it beside the former one, with which older checkpoints are verified.',
    )
  }
  if (restart === undefined) return
  openSigner(folder).restart(restart, because)
  print(`${restart} starts anew. Who holds an earlier checkpoint will see that it does.`)
}
