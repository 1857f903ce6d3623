import type { BuildEnvironment } from '../build-environment'
import type { HelmBlock } from './helm-block'

/** Single values as flags of Helm: the last of a name wins, commas stay part of the value. */
export function parametersOf(
  { parameters }: HelmBlock,
  environment: Pick<BuildEnvironment, 'substitute'>,
): { readonly set: string[]; readonly setString: string[] } {
  const plain = new Map<string, string>()
  const strings = new Map<string, string>()
  for (const { name, value, forceString } of parameters) {
    const chosen = forceString ? strings : plain
    chosen.set(name, environment.substitute(value))
  }
  return { set: [...plain].map(asFlag), setString: [...strings].map(asFlag) }
}

function asFlag([name, value]: [name: string, value: string]): string {
  const isList = value.startsWith('{') && value.endsWith('}')
  return `${name}=${isList ? value : value.replace(/(?<!\\),/g, '\\,')}`
}
