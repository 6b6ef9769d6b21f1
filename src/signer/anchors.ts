/** Places outside the database that keep checkpoints. */
import { closeSync, fstatSync, fsyncSync, openSync, readSync, writeSync } from 'node:fs'
import type { Anchor } from '../kernel/signer.ts'
import { resting } from './resting.ts'

const TIMEOUT_MS = 5000

/** A file to which each note is added, an empty line after it: on another disk, or one that can only be added to. */
export function fileAnchor(path: string): Anchor {
  return {
    name: 'file',
    async put(note) {
      const file = openSync(path, 'a+', 0o600)
      try {
        // What was broken off in the middle, as by a full disk, must not take this one with it.
        const begins = endsWithLine(file) ? '' : '\n\n'
        const bytes = Buffer.from(`${begins}${note}\n`)
        for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at)
        fsyncSync(file)
      } finally {
        closeSync(file)
      }
    },
  }
}

function endsWithLine(file: number): boolean {
  const { size } = fstatSync(file)
  const last = Buffer.alloc(1)
  return size === 0 || (readSync(file, last, 0, 1, size - 1) === 1 && last[0] === 0x0a)
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
