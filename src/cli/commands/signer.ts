/** `threshold signer`: a process that signs checkpoints, apart from service and database. */
import { rmSync } from 'node:fs'
import closeWithGrace from 'close-with-grace'
import { signerServer } from '../../signer/server.ts'
import { openSigner } from '../../signer/signer.ts'

export interface SignerOptions {
  readonly folder: string
  readonly listen: string
  readonly restart?: string
  readonly because?: string
}

export async function signer(
  { folder, listen, restart, because }: SignerOptions,
  print: (line: string) => void,
): Promise<void> {
  const opened = openSigner(folder)
  if (restart !== undefined) {
    if (!because) throw new Error('Say why with --because: the journal keeps it.')
    opened.restart(restart, because)
    print(`${restart} starts anew. Who holds an earlier checkpoint will see that it does.`)
    return
  }
  const server = signerServer(opened)
  const path = listen.startsWith('unix:') ? listen.slice('unix:'.length) : undefined
  // What a process that was killed left behind; a socket that somebody listens on is taken over by nobody else here.
  if (path) rmSync(path, { force: true })
  const [host = '127.0.0.1', port = '7210'] = listen.split(/:(?=\d+$)/)
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    if (path) server.listen(path, resolve)
    else server.listen(Number(port), host, resolve)
  })
  closeWithGrace({ logger: false as never }, async () => {
    server.close()
  })
  print(`Signing for ${listen}`)
}
