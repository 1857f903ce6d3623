import { jsonSchema } from './schemas.mjs'

/** docs/events.md: every fact with its owner, subject, readers and fields; the records; the streams. */
export function eventsPage(contracts) {
  const { events, records, services } = contracts
  const owners = services.filter((service) => events.some(({ owner }) => owner === service))
  return `# Facts, records and streams

Made from \`libs/contracts\` by \`node tools/contracts.mjs\`; change it there. How a fact is wrapped says \`libs/contracts/src/envelope.ts\`,
each field in full \`libs/contracts/schemas\`. Only the owner may announce a fact, and the bus refuses it to everybody else.

| fact | when | owner | read by |
|---|---|---|---|
${events.map((event) => row(`[${event.fact}](#${anchor(event.fact)})`, event.description, event.owner, readersOf(event, contracts))).join('\n')}

${owners.map((owner) => ownerSection(owner, contracts)).join('\n\n')}

## Records

Rows in JetStream KV. The owner writes, the readers read and watch; nobody else sees them.

| bucket | holds | key | owner | read by |
|---|---|---|---|---|
${records.map((record) => row(`\`${record.bucket}\``, record.description + kept(record), code(record.key), record.owner, record.readers.join(', ') || 'nobody else')).join('\n')}

## Streams

| stream | subjects |
|---|---|
${Object.values(contracts.streams)
  .map(({ name, subjects }) => row(`\`${name}\``, subjects.map(code).join(' ')))
  .join('\n')}
`
}

function ownerSection(owner, contracts) {
  const facts = contracts.events.filter((event) => event.owner === owner)
  return [`## ${owner}`, ...facts.map((event) => factSection(event, contracts))].join('\n\n')
}

function factSection(event, contracts) {
  const { properties = {}, required = [] } = jsonSchema(event.schema)
  const fields = Object.entries(properties).map(([name, schema]) =>
    row(`\`${name}\``, code(typeOfSchema(schema)), required.includes(name) ? '' : 'may be absent'),
  )
  return `### ${event.fact}

${capital(event.description)}. Version ${event.version}, subject \`k8or.${event.owner}.${event.fact}.<${event.tokenKind} token>\`, stream ${event.stream}. Read by ${readersOf(event, contracts)}.

| field | type | |
|---|---|---|
${fields.join('\n')}`
}

function readersOf(event, { consumes, services }) {
  return services.filter((service) => consumes[service].includes(event)).join(', ') || 'nobody'
}

function typeOfSchema(schema) {
  if (schema.enum) return schema.enum.join(' · ')
  if (schema.anyOf) return schema.anyOf.map(typeOfSchema).join(' or ')
  if (schema.type === 'array') return `list of ${typeOfSchema(schema.items ?? {})}`
  if (schema.type === 'object') return objectType(schema)
  if (schema.format) return schema.format
  return [schema.type ?? 'anything'].flat().join(' or ')
}

function objectType({ properties, additionalProperties }) {
  if (properties) return `{ ${Object.keys(properties).join(', ')} }`
  return additionalProperties ? `map of ${typeOfSchema(additionalProperties)}` : 'object'
}

function kept({ ttlMs }) {
  return ttlMs === 0 ? '' : `, for ${ttlMs / 86_400_000} days`
}

function row(...cells) {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
}

function code(text) {
  return text === '' ? '' : `\`${text}\``
}

function anchor(fact) {
  return fact.replaceAll('.', '')
}

function capital(text) {
  return text.slice(0, 1).toUpperCase() + text.slice(1)
}
