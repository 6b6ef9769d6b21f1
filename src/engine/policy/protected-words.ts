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

const CHARACTERISTICS: readonly Characteristic[] = [
  {
    name: 'ethnicity',
    words:
      /\b(?:ethnic\w*|race|racial (?:group|background|origin)|skin colou?r|nationalit(?:y|ies)|national origins?|citizenship|country of birth|born abroad|(?:black|white|asian|mixed)[- ](?:british|african|caribbean|heritage|background)|roma|gyps(?:y|ies))\b/iu,
    codes: /^(?:ethnic\w*|race|nationality|citizenship|roma|gypsy|traveller)$/iu,
  },
  {
    name: 'immigration status',
    words: /\b(?:immigration status|immigrants?|migrants?|visa|leave to remain|refugees?|asylum[- ]seek\w*)\b/iu,
    codes: /^(?:immigration|immigrant|migrant|visa|refugee|asylum)$/iu,
  },
  {
    name: 'religion or belief',
    words:
      /\b(?:religio(?:n|ns|us)|muslims?|christians?|jewish|jews|hindus?|sikhs?|buddhists?|catholics?|attends? (?:a )?(?:church|mosque|temple|synagogue))\b/iu,
    codes: /^(?:religion|religious|faith|muslim|christian|jewish|hindu|sikh)$/iu,
  },
  {
    name: 'sexual orientation',
    words: /\b(?:sexual orientation|sexuality|gay|lesbian|bisexual|homosexual|lgbt\w*|queer)\b/iu,
    codes: /^(?:orientation|sexuality|gay|lesbian|bisexual|homosexual|lgbt\w*|queer)$/iu,
  },
  {
    name: 'gender reassignment',
    words: /\b(?:gender (?:reassignment|identity|dysphoria|questioning)|trans(?:gender|sexual)?|non-binary)\b/iu,
    codes: /^(?:transgender|transsexual|trans|nonbinary)$/iu,
  },
  {
    name: 'sex',
    words:
      /\b(?:(?:child|person|baby)(?:'s|’s) (?:sex|gender)|(?:sex|gender) of (?:the|a|an) \w+|(?:is|be) (?:a |the )?(?:boy|girl|male|female))\b(?! genital)/iu,
    codes: /^(?:sex|gender|is-?(?:male|female|boy|girl))$/iu,
  },
  {
    name: 'marriage',
    words: /\b(?:marital status|unmarried|(?:are|is|not) married|civil partner(?:s|ship)?|divorcees?)\b/iu,
    codes: /^(?:marital|married|unmarried|divorced)$/iu,
  },
  {
    name: 'language',
    words:
      /\b(?:(?:first|home|native|additional) language|mother tongue|speaks? (?:no|little|poor|limited) english|english is not)\b/iu,
    codes: /^(?:language|mother-?tongue|english|eal)$/iu,
  },
]

/** Harm that is done to somebody for what they are, or said to be done by right of it. */
const HARM =
  /\b(?:bull(?:y|ied|ying)|abus\w*|attack\w*|assault\w*|harass\w*|discriminat\w*|prejudic\w*|hate|hatred|racis\w*|homophob\w*|transphob\w*|biphob\w*|islamophob\w*|antisemit\w*|extremis\w*|radicali[sz]\w*|mutilation|cutting|forced|honou?r|exorcis\w*|possess(?:ed|ion)|witchcraft|exploit\w*|traffick\w*|smuggl\w*|unaccompanied|rejected|thrown out|conversion)\b/iu

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
