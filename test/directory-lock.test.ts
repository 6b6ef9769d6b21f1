import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { openDatabase } from '../src/db/connect.ts'
import { DirectoryLocked, lockDirectory } from '../src/db/directory-lock.ts'
import type { Teardown } from './support/database.ts'

const HOLDER = fileURLToPath(new URL('support/lock-holder.ts', import.meta.url))

/** Another process that tries for the lock, and what it says. */
async function other(
  t: Teardown,
  kind: 'lock' | 'database',
  path: string,
): Promise<{ child: ChildProcess; says: string }> {
  const child = spawn(process.execPath, [HOLDER, kind, path], { stdio: ['ignore', 'pipe', 'inherit'] })
  t.teardown(() => end(child))
  const says = await new Promise<string>((resolve) =>
    child.stdout?.once('data', (data) => resolve(String(data).trim())),
  )
  return { child, says }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGKILL')
  await ended
}

t.test('a lock keeps out this process and others until it is released, and leaves nothing behind', async (t) => {
  const path = join(t.testdir(), 'lock')
  const lock = await lockDirectory(path)
  await t.rejects(lockDirectory(path), { name: 'DirectoryLocked', pid: process.pid, message: /this process/ })
  const { says } = await other(t, 'lock', path)
  t.match(says, `pid ${process.pid}`)
  lock.release()
  lock.release()
  t.same(readdirSync(dirname(path)), [])
  const second = await lockDirectory(path)
  lock.release()
  t.ok(existsSync(path), 'a released lock does not release its successor’s')
  second.release()
})

t.test('the refusal names the process that holds the lock; once it was killed the lock is taken over', async (t) => {
  const path = join(t.testdir(), 'lock')
  const { child, says } = await other(t, 'lock', path)
  t.equal(says, 'held')
  await t.rejects(lockDirectory(path), {
    name: 'DirectoryLocked',
    pid: child.pid,
    message: new RegExp(`pid ${child.pid}`),
  })
  await end(child)
  t.ok(existsSync(path))
  const lock = await lockDirectory(path)
  t.equal(JSON.parse(readFileSync(path, 'utf8')).pid, process.pid)
  lock.release()
  t.same(readdirSync(dirname(path)), [])
})

t.test(
  'a pid that now belongs to another process, or to the machine before it was restarted, holds nothing',
  async (t) => {
    const path = join(t.testdir(), 'lock')
    const first = await lockDirectory(path)
    const record = JSON.parse(readFileSync(path, 'utf8'))
    first.release()
    // Elsewhere than on Linux neither is known, and a live pid is believed.
    if (record.startedAt === null) return
    for (const other of [{ startedAt: '1' }, { bootId: 'another' }, { pid: 2 ** 30 }, { pid: -1 }, { pid: 0 }]) {
      writeFileSync(path, JSON.stringify({ ...record, ...other, token: 'dead' }))
      const lock = await lockDirectory(path)
      lock.release()
    }
  },
)

t.test('an unreadable record holds nobody up for long, once it is old', async (t) => {
  const path = join(t.testdir(), 'lock')
  writeFileSync(path, '')
  await t.rejects(lockDirectory(path), { message: /cannot be read/ })
  for (const text of ['', '{"pid":', '[]', '{"pid":"1"}']) {
    writeFileSync(path, text)
    utimesSync(path, 1, 1)
    const lock = await lockDirectory(path)
    lock.release()
  }
})

t.test('a takeover that was broken off does not block the next, once it is old', async (t) => {
  const path = join(t.testdir(), 'lock')
  writeFileSync(path, JSON.stringify({ pid: 2 ** 30, startedAt: null, bootId: null, token: 'dead' }))
  mkdirSync(`${path}.takeover`)
  utimesSync(`${path}.takeover`, 1, 1)
  const lock = await lockDirectory(path)
  lock.release()
  t.same(readdirSync(dirname(path)), [])
})

t.test('of several processes that find a dead holder at once, one takes over', async (t) => {
  const path = join(t.testdir(), 'lock')
  writeFileSync(path, JSON.stringify({ pid: 2 ** 30, startedAt: null, bootId: null, token: 'dead' }))
  const tried = await Promise.all(Array.from({ length: 4 }, () => other(t, 'lock', path)))
  const held = tried.filter(({ says }) => says === 'held')
  t.equal(held.length, 1)
  for (const { says } of tried) if (says !== 'held') t.match(says, `pid ${held[0]?.child.pid}`)
})

t.test('a folder that cannot be written to is an error of its own', async (t) => {
  const error = await lockDirectory(join(t.testdir(), 'absent', 'lock')).catch((failure) => failure)
  t.equal(error.code, 'ENOENT')
  t.notOk(error instanceof DirectoryLocked)
})

t.test('one process opens a folder; what a killed one had recorded is there for the next', async (t) => {
  const folder = join(t.testdir(), 'data')
  const { child, says } = await other(t, 'database', folder)
  t.equal(says, 'held')
  await t.rejects(openDatabase({ dataDir: folder }), { name: 'DirectoryLocked', pid: child.pid })
  await end(child)
  const database = await openDatabase({ dataDir: `${folder}/` })
  t.equal(await database.schemaIsCurrent(), true)
  t.match((await other(t, 'database', folder)).says, `pid ${process.pid}`)
  await database.close()
  await database.close()
  t.same(readdirSync(folder), ['postgres'])
})

t.test('a folder that does not open is left as it is, and its lock is given back', async (t) => {
  const folder = t.testdir({ postgres: 'not a folder' })
  await t.rejects(openDatabase({ dataDir: folder }), { message: /could not be opened; it was left as it is/ })
  t.same(readdirSync(folder), ['postgres'])
  t.equal(readFileSync(join(folder, 'postgres'), 'utf8'), 'not a folder')
})

t.test('a folder that was killed while it was made says so, is not wiped, and is free again', async (t) => {
  const folder = t.testdir({ postgres: { PG_VERSION: '18\n', base: {} } })
  for (let tries = 0; tries < 2; tries++)
    await t.rejects(openDatabase({ dataDir: folder }), { message: /could not be opened; it was left as it is/ })
  t.same(readdirSync(folder), ['postgres'])
  t.equal(readFileSync(join(folder, 'postgres', 'PG_VERSION'), 'utf8'), '18\n')
})
