/**
 * Words that ask for a protected characteristic. What was done to a child because of one is a risk like any other, and
 * so are female genital mutilation, forced marriage and abuse in the name of honour: such sentences are passed over.
 * Age, disability and pregnancy are not among them: documents name them, and the policy of each says for what.
 */

interface Characteristic {
  readonly name: string
  readonly words: RegExp
  /** Whole codes of facts, measures and gates, and their parts between dashes. */
  readonly codes: RegExp
}

/** Whole words, in any case. */
function anyOf(...words: string[]): RegExp {
  return new RegExp(String.raw`\b(?:${words.join('|')})\b`, 'iu')
}

const CHARACTERISTICS: readonly Characteristic[] = [
  {
    name: 'ethnicity',
    words: anyOf(
      String.raw`ethnic\w*`,
      'race',
      'racial (?:group|background|origin)',
      'skin colou?r',
      'nationalit(?:y|ies)',
      'national origins?',
      'citizenship',
      'country of birth',
      'born abroad',
      '(?:black|white|asian|mixed)[- ](?:british|african|caribbean|heritage|background)',
      'roma',
      'gyps(?:y|ies)',
    ),
    codes: /^(?:ethnic\w*|race|nationality|citizenship|roma|gypsy|traveller)$/iu,
  },
  {
    name: 'immigration status',
    words: anyOf(
      'immigration status',
      'immigrants?',
      'migrants?',
      'visa',
      'leave to remain',
      'refugees?',
      String.raw`asylum[- ]seek\w*`,
    ),
    codes: /^(?:immigration|immigrant|migrant|visa|refugee|asylum)$/iu,
  },
  {
    name: 'religion or belief',
    words: anyOf(
      'religio(?:n|ns|us)',
      'muslims?',
      'christians?',
      'jewish',
      'jews',
      'hindus?',
      'sikhs?',
      'buddhists?',
      'catholics?',
      'attends? (?:a )?(?:church|mosque|temple|synagogue)',
    ),
    codes: /^(?:religion|religious|faith|muslim|christian|jewish|hindu|sikh)$/iu,
  },
  {
    name: 'sexual orientation',
    words: anyOf(
      'sexual orientation',
      'sexuality',
      'gay',
      'lesbian',
      'bisexual',
      'homosexual',
      String.raw`lgbt\w*`,
      'queer',
    ),
    codes: /^(?:orientation|sexuality|gay|lesbian|bisexual|homosexual|lgbt\w*|queer)$/iu,
  },
  {
    name: 'gender reassignment',
    words: anyOf('gender (?:reassignment|identity|dysphoria|questioning)', 'trans(?:gender|sexual)?', 'non-binary'),
    codes: /^(?:transgender|transsexual|trans|nonbinary)$/iu,
  },
  {
    name: 'sex',
    words: anyOf(
      "(?:child|person|baby)(?:'s|’s) (?:sex|gender)",
      String.raw`(?:sex|gender) of (?:the|a|an) \w+`,
      '(?:is|be) (?:a |the )?(?:boy|girl|male|female)',
    ),
    codes: /^(?:sex|gender|is-?(?:male|female|boy|girl))$/iu,
  },
  {
    name: 'marriage',
    words: anyOf('marital status', 'unmarried', '(?:are|is|not) married', 'civil partner(?:s|ship)?', 'divorcees?'),
    codes: /^(?:marital|married|unmarried|divorced)$/iu,
  },
  {
    name: 'language',
    words: anyOf(
      '(?:first|home|native|additional) language',
      'mother tongue',
      'speaks? (?:no|little|poor|limited) english',
      'english is not',
    ),
    codes: /^(?:language|mother-?tongue|english|eal)$/iu,
  },
]

/** Harm that is done to somebody for what they are, or said to be done by right of it. */
const HARM = anyOf(
  'bull(?:y|ied|ying)',
  String.raw`abus\w*`,
  String.raw`attack\w*`,
  String.raw`assault\w*`,
  String.raw`harass\w*`,
  String.raw`discriminat\w*`,
  String.raw`prejudic\w*`,
  'hate',
  'hatred',
  String.raw`racis\w*`,
  String.raw`homophob\w*`,
  String.raw`transphob\w*`,
  String.raw`biphob\w*`,
  String.raw`islamophob\w*`,
  String.raw`antisemit\w*`,
  String.raw`extremis\w*`,
  String.raw`radicali[sz]\w*`,
  'mutilation',
  'cutting',
  'forced',
  'honou?r',
  String.raw`exorcis\w*`,
  'possess(?:ed|ion)',
  'witchcraft',
  String.raw`exploit\w*`,
  String.raw`traffick\w*`,
  String.raw`smuggl\w*`,
  'unaccompanied',
  'rejected',
  'thrown out',
  'conversion',
)

/** The characteristic that a text asks for, sentence by sentence; null where none is. */
export function protectedIn(text: string): string | null {
  for (const sentence of text.split(/[.?!;]\s/)) {
    if (HARM.test(sentence)) continue
    const found = CHARACTERISTICS.find(({ words }) => words.test(sentence))
    if (found) return found.name
  }
  return null
}

/** The characteristic that a code names, as a whole or in a part; null where none is. “SEX-04” of a matrix is no sex. */
export function protectedCode(code: string): string | null {
  const parts = code.split(/[-_.]/)
  const found = CHARACTERISTICS.find(
    ({ codes, name }) => codes.test(code) || (name !== 'sex' && parts.some((part) => codes.test(part))),
  )
  return found?.name ?? null
}
