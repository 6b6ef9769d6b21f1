/** Places outside the database that keep checkpoints. */
import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs'
import type { Anchor } from '../kernel/signer.ts'
import { resting } from './resting.ts'

const TIMEOUT_MS = 5000

/** A file to which each note is added, an empty line after it: on another disk, or one that can only be added to. */
export function fileAnchor(path: string): Anchor {
  return {
    name: 'file',
    async put(note) {
      const file = openSync(path, 'a', 0o600)
      try {
        writeSync(file, `${note}\n`)
        fsyncSync(file)
      } finally {
        closeSync(file)
      }
    },
  }
}

/** Somebody who is sent each note, as text; any 2xx says that it is kept. */
export function webhookAnchor(url: string): Anchor {
  const post = async (note: string): Promise<void> => {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'text/plain; charset=utf-8' },
      body: note,
      redirect: 'error',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    })
    await response.body?.cancel()
    if (!response.ok) throw new Error(`The anchor answered ${response.status}`)
  }
  const isTimeout = (error: unknown): boolean => error instanceof Error && error.name === 'TimeoutError'
  return { name: `webhook ${new URL(url).host}`, put: resting(post, isTimeout) }
}
