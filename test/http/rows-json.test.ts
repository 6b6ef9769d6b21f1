// What a body may not be before it says anything: rows of table A, over REST and over GraphQL alike.
import t from 'tap'
import { posted, refused, TEXT, withText, wrapped } from '../support/posting.ts'
import { rowsOf } from '../support/rows.ts'
import { SURFACES } from '../support/surfaces.ts'
import { openWorld } from '../support/world.ts'

const world = await openWorld(t)
const la = await world.authority()
const rows = rowsOf(t, 'test/http/rows-json.test.ts')

rows.row(1, 'refused wherever it stands', (tried) =>
  refused(
    la,
    tried,
    {
      'at the root': withText('"__proto__":{"immediateDanger":true}'),
      'in disguise': withText('"\\u005f\\u005fproto__":{}'),
      'deep inside': withText('"a":[{"b":{"__proto__":1}}]'),
    },
    'json_forbidden_key',
  ),
)

rows.row(2, 'refused', (tried) =>
  refused(
    la,
    tried,
    {
      constructor: withText('"constructor":{"prototype":{"x":1}}'),
      prototype: withText('"prototype":{}'),
    },
    'json_forbidden_key',
  ),
)

rows.row(3, 'refused, for one of the two would be lost', (tried) =>
  refused(
    la,
    tried,
    {
      'first true, then false': withText('"immediateDanger":true'),
      'in disguise': withText('"\\u0069mmediateDanger":true'),
      'the same twice': withText('"immediateDanger":false'),
    },
    'json_duplicate_key',
  ),
)

rows.row(8, 'refused before anything goes down into it', (tried) =>
  refused(
    la,
    tried,
    {
      '33 levels': withText(`"a":${'['.repeat(33)}${']'.repeat(33)}`),
      '10,000 levels': withText(`"a":${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`),
      'half a million brackets': '['.repeat(500_000),
    },
    'json_too_deep',
  ),
)

rows.row(12, 'refused unopened', async (tried) => {
  for (const surface of SURFACES)
    for (const encoding of ['gzip', 'br', 'deflate', 'zstd', 'gzip, gzip', 'x-unknown']) {
      const answer = await posted(la, surface, Buffer.alloc(2000, 0x1f), { 'content-encoding': encoding })
      tried(answer.status === 415 && answer.code === 'unsupported_media_type', `${surface}: ${encoding}`)
    }
})

rows.row(13, 'refused unread', async (tried) => {
  const types = [
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/xml',
    'application/graphql',
    'application/jsonp',
    'text/json',
    'application/json, text/plain',
    undefined,
  ]
  for (const surface of SURFACES)
    for (const type of types) {
      const answer = await posted(la, surface, wrapped(surface, TEXT), { 'content-type': type })
      tried(answer.status === 415 && answer.code === 'unsupported_media_type', `${surface}: ${type}`)
    }
})

rows.row(14, 'refused', async (tried) => {
  for (const surface of SURFACES)
    for (const charset of ['utf-16', 'utf-16le', 'iso-8859-1', 'windows-1252', 'utf-7', '"utf-32"']) {
      const type = `application/json; charset=${charset}`
      const answer = await posted(la, surface, Buffer.from(wrapped(surface, TEXT), 'utf16le'), { 'content-type': type })
      tried(answer.status === 415 && answer.code === 'unsupported_media_type', `${surface}: ${charset}`)
    }
})

rows.row(15, 'refused, never mended', (tried) => {
  const around = (...bytes: number[]) => Buffer.concat([Buffer.from('{"a":"'), Buffer.from(bytes), Buffer.from('"}')])
  const texts = {
    'no such byte': around(0xff),
    'half a letter': around(0xc3),
    'an overlong slash': around(0xc0, 0xaf),
    'an encoded surrogate': around(0xed, 0xa0, 0x80),
    'beyond the last letter': around(0xf4, 0x90, 0x80, 0x80),
    'Latin 1': around(0xe9),
  }
  return refused(la, tried, texts, 'json_invalid_utf8')
})

rows.row(16, 'refused', async (tried) => {
  for (const surface of SURFACES) {
    const text = wrapped(surface, TEXT)
    for (const bytes of [Buffer.from(`\ufeff${text}`), Buffer.from(`\ufeff${text}`, 'utf16le')]) {
      const { status, code } = await posted(la, surface, bytes)
      tried(status === 400 && /^json_/.test(code), `${surface}: ${code}`)
    }
  }
})

rows.row(17, 'refused', async (tried) => {
  for (const surface of SURFACES)
    for (const text of ['', '[]', '"x"', 'null', '7', 'true', '[{}]']) {
      const { status, code } = await posted(la, surface, text)
      const expected = surface === 'REST' ? 'invalid_input' : 'graphql_request'
      tried(status === 400 && code === expected, `${surface}: ${text || 'nothing'}`)
    }
})

rows.row(18, 'refused', (tried) =>
  refused(
    la,
    tried,
    {
      'a comma too many': TEXT.replace(/}$/, ',}'),
      'a comment': `/* hello */${TEXT}`,
      NaN: withText('"a":NaN'),
      Infinity: withText('"a":-Infinity'),
      'single quotes': withText("'a':1"),
      'no quotes': withText('a:1'),
      'a leading nought': withText('"a":01'),
      hexadecimal: withText('"a":0x10'),
      'a plus': withText('"a":+1'),
      'a bare point': withText('"a":.5'),
      'a line end in a text': withText('"a":"x\ny"'),
      'an escape that there is not': withText('"a":"\\x41"'),
      undefined: withText('"a":undefined'),
    },
    'json_malformed',
  ),
)

rows.end()
