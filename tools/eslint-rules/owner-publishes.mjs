import { repositoryPath } from './repository-path.mjs'

const contracts = '@k8or/contracts'
const verbs = new Set(['publish', 'announce'])

/** Only the owner of an event publishes it; who owns what is the rule's option (see event-owners.mjs). */
export default {
  meta: {
    type: 'problem',
    docs: { description: 'only the service that owns an event publishes it' },
    messages: {
      foreign:
        '{{event}} belongs to {{owner}} and only {{owner}} may publish it, not {{publisher}}; ask {{owner}} by RPC or define a fact of your own',
    },
    schema: [{ type: 'object', additionalProperties: { type: 'string' } }],
  },
  create(context) {
    const owners = context.options[0]
    const publisher = publisherOf(repositoryPath(context))
    const events = new Map()
    return {
      ImportDeclaration: (node) => rememberEvents(node, events),
      CallExpression(node) {
        if (!isPublish(node.callee)) return
        const event = eventName(node.arguments[0], events)
        const owner = event === undefined ? undefined : owners[event]
        if (owner === undefined || owner === publisher) return
        context.report({ node, messageId: 'foreign', data: { event, owner, publisher } })
      },
    }
  },
}

function publisherOf(path) {
  const [folder, name] = path.split('/')
  return folder === 'services' ? name : `${folder}/${name}`
}

/** Maps each local name to the exported one; a namespace import maps to "*". */
function rememberEvents(node, events) {
  if (node.source.value !== contracts) return
  for (const specifier of node.specifiers) {
    events.set(specifier.local.name, specifier.imported?.name ?? '*')
  }
}

/** The bus publishes, the announcers of services announce: both are handed the event first. */
function isPublish(callee) {
  return verbs.has(callee.property?.name ?? callee.name)
}

function eventName(argument, events) {
  if (argument?.type === 'Identifier') return events.get(argument.name)
  const isNamespace = argument?.type === 'MemberExpression' && events.get(argument.object.name) === '*'
  return isNamespace ? argument.property.name : undefined
}
