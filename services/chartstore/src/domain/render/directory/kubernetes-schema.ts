import yaml from 'js-yaml'

const { FAILSAFE_SCHEMA, Type } = yaml
// js-yaml has these; its types do not tell.
const { merge, binary } = (yaml as unknown as { types: Record<'merge' | 'binary', yaml.Type> }).types
const yes = ['true', 'yes', 'on', 'y']
const no = ['false', 'no', 'off', 'n']
const inCases = (words: string[]) =>
  words.flatMap((word) => [word, word.toUpperCase(), word.charAt(0).toUpperCase() + word.slice(1)])
const truths = new Set(inCases(yes))
const lies = new Set(inCases(no))

const bool = new Type('tag:yaml.org,2002:bool', {
  kind: 'scalar',
  resolve: (text: unknown) => typeof text === 'string' && (truths.has(text) || lies.has(text)),
  construct: (text: string) => truths.has(text),
})

const nothing = new Type('tag:yaml.org,2002:null', {
  kind: 'scalar',
  resolve: (text: unknown) => text === null || (typeof text === 'string' && /^(|~|null|Null|NULL)$/.test(text)),
  construct: () => null,
})

const decimal = /^[-+]?(0|[1-9][0-9_]*)$/
const octal = /^[-+]?0[0-7_]+$/
const prefixed = /^[-+]?0(b[01_]+|o[0-7_]+|x[0-9a-fA-F_]+)$/

const int = new Type('tag:yaml.org,2002:int', {
  kind: 'scalar',
  resolve: (text: unknown) =>
    typeof text === 'string' && (decimal.test(text) || octal.test(text) || prefixed.test(text)) && !text.endsWith('_'),
  construct: integerOf,
})

const float = new Type('tag:yaml.org,2002:float', {
  kind: 'scalar',
  resolve: (text: unknown) =>
    typeof text === 'string' &&
    (/^[-+]?(\.[0-9]+|[0-9][0-9_]*(\.[0-9_]*)?)([eE][-+]?[0-9]+)?$/.test(text) || special.test(text)) &&
    !text.endsWith('_'),
  construct: floatOf,
})

const special = /^([-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN))$/

/** Reads an integer as kubectl does: a leading zero means octal. */
function integerOf(text: string): number {
  const plain = text.replaceAll('_', '')
  const sign = plain.startsWith('-') ? -1 : 1
  const digits = plain.replace(/^[-+]/, '')
  if (octal.test(digits) && !/^0$/.test(digits)) return sign * parseInt(digits, 8)
  return sign * Number(digits)
}

function floatOf(text: string): number {
  if (/nan/i.test(text)) return NaN
  if (/inf/i.test(text)) return text.startsWith('-') ? -Infinity : Infinity
  return Number(text.replaceAll('_', ''))
}

/**
 * The YAML that kubectl reads: YAML 1.1's booleans and octal numbers, but no timestamps and no numbers of base sixty.
 * js-yaml's own schemas differ: they would read `0644` as 644 and `yes` as text.
 */
export const kubernetesSchema = FAILSAFE_SCHEMA.extend({
  implicit: [nothing, bool, int, float, merge],
  explicit: [binary],
})
