import { repositoryPath } from './repository-path.mjs'

const kebab = /^\.?[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+(-[a-z0-9]+)*)*$/

/** Files and their folders are named in kebab-case. */
export default {
  meta: {
    type: 'problem',
    docs: { description: 'file and folder names are kebab-case' },
    messages: { name: '"{{segment}}" in {{path}} is not kebab-case, such as change-set.ts' },
    schema: [],
  },
  create(context) {
    return {
      Program(node) {
        const path = repositoryPath(context)
        const segment = path.split('/').find((part) => part !== '..' && !kebab.test(part))
        if (segment !== undefined) context.report({ node, messageId: 'name', data: { segment, path } })
      },
    }
  },
}
