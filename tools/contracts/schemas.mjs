import { z } from 'zod'

const folder = 'libs/contracts/schemas'

/** The file name of an event's schema. */
export function eventSchemaName({ fact, version }) {
  return `${fact}.v${version}.json`
}

/** The file name of a record's schema. */
function recordSchemaName({ bucket }) {
  return `record.${bucket}.json`
}

/** JSON Schemas of the envelope, of every event's data and of every record. */
export function schemaFiles({ Envelope, events, records }) {
  return [
    file('envelope.json', 'A fact of the mesh: a CloudEvents 1.0 event in structured JSON mode', Envelope),
    ...events.map((event) => file(eventSchemaName(event), event.description, event.schema)),
    ...records.map((record) => file(recordSchemaName(record), record.description, record.schema)),
  ]
}

function file(name, description, schema) {
  const body = { $id: `https://k8or.dev/schemas/${name}`, description, ...jsonSchema(schema) }
  return { path: `${folder}/${name}`, text: `${JSON.stringify(body, null, 2)}\n` }
}

/** The schema of what writers send: without it, zod would forbid the fields that later versions add. */
export function jsonSchema(schema) {
  return z.toJSONSchema(schema, { io: 'input' })
}
