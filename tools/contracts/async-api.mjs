import { stringify } from 'yaml'
import { eventSchemaName } from './schemas.mjs'

/** The AsyncAPI document: a channel per fact, who sends it and who receives it. */
export function asyncApi({ consumes, events, services }) {
  const sorted = events.toSorted((a, b) => (a.fact < b.fact ? -1 : 1))
  const document = {
    asyncapi: '3.0.0',
    info: {
      title: 'k8or mesh',
      version: '1.0.0',
      description: 'The facts of the mesh. Made from libs/contracts by tools/contracts.mjs.',
    },
    defaultContentType: 'application/cloudevents+json',
    servers: {
      bus: { host: 'nats:4222', protocol: 'nats', security: [{ $ref: '#/components/securitySchemes/mtls' }] },
    },
    channels: Object.fromEntries(sorted.map((event) => [event.fact, channel(event)])),
    operations: Object.fromEntries(sorted.flatMap((event) => operations(event, services, consumes))),
    components: {
      messages: Object.fromEntries(sorted.map((event) => [event.fact, message(event)])),
      securitySchemes: { mtls: { type: 'X509', description: 'a certificate of the mesh, named by its SPIFFE id' } },
    },
  }
  return stringify(document, { lineWidth: 0, singleQuote: true, aliasDuplicateObjects: false })
}

function channel({ owner, fact, tokenKind, description }) {
  return {
    address: `k8or.${owner}.${fact}.{token}`,
    description,
    parameters: { token: { description: `the token of the ${tokenKind === 'none' ? 'mesh' : tokenKind}` } },
    messages: { [fact]: { $ref: `#/components/messages/${fact}` } },
  }
}

function operations(event, services, consumes) {
  const channel = { $ref: `#/channels/${event.fact}` }
  const readers = services.filter((service) => consumes[service].includes(event))
  return [
    [`${event.owner}.sends.${event.fact}`, { action: 'send', channel }],
    ...readers.map((reader) => [`${reader}.receives.${event.fact}`, { action: 'receive', channel }]),
  ]
}

function message(event) {
  const type = `dev.k8or.${event.fact}.v${event.version}`
  return {
    name: type,
    summary: event.description,
    contentType: 'application/cloudevents+json',
    payload: {
      allOf: [
        { $ref: './schemas/envelope.json' },
        { properties: { type: { const: type }, data: { $ref: `./schemas/${eventSchemaName(event)}` } } },
      ],
    },
  }
}
