// Ready examples, made from the schema itself, so that they hold for every type file, also for those not yet written.
// `schema` is graphql-js's GraphQLSchema, as GraphiQL built it from introspection.

export const EXAMPLES = [
  { key: 'one', words: ['按标识查询', 'Query by id'], build: one },
  { key: 'many', words: ['按条件列表', 'List with a filter'], build: many },
  { key: 'statistics', words: ['统计', 'Statistics'], build: statistics },
  { key: 'verify', words: ['验证', 'Verify'], build: verify },
  { key: 'issue', words: ['签发', 'Issue'], build: issue },
];

/** The certificate types of the schema: what implements `Certificate`. */
export function exampleTypes(schema) {
  const certificate = schema.getType('Certificate');
  if (!certificate) return [];
  return schema.getPossibleTypes(certificate).map((type) => ({ name: type.name, titles: titles(type.description) }));
}

// «证照名称（类型代码，标准） / English name» is how the schema describes a type; both names, the second where there is none.
function titles(description) {
  const [zh, en] = (description ?? '').split('\n')[0].split(' / ');
  const named = zh.replace(/（[0-9A-Z]{18}[0-9]{3}[^（）]*）$/, '');
  return [named, en ?? named];
}

function one(schema, typeName, example) {
  const field = rootField(schema.getQueryType(), ({ type, args }) => leafName(type) === typeName && args.some(({ name }) => name === 'number'));
  return {
    query: `query One($id: ID) {\n  ${field}(id: $id) {\n${selection(schema, typeName, '    ')}\n  }\n}\n`,
    variables: { id: example?.identifier ?? example?.id ?? '' },
  };
}

function many(schema, typeName) {
  const nodeOf = (type) => named(fieldsOf(named(fieldsOf(type).edges?.type)).node?.type)?.name;
  const query = schema.getQueryType();
  const field = rootField(query, ({ type, args }) => nodeOf(named(type)) === typeName && args.some(({ name }) => name === 'where'));
  const where = named(query.getFields()[field]?.args.find(({ name }) => name === 'where')?.type);
  return {
    query: `query Many($where: ${where?.name}, $first: Int, $after: String) {
  ${field}(where: $where, first: $first, after: $after) {
    totalCount
    pageInfo { hasNextPage endCursor }
    edges {
      node {
${selection(schema, typeName, '        ')}
      }
    }
  }
}
`,
    variables: { where: someFilter(where), first: 5 },
  };
}

// By status, and by the first field of the type's own that one may group by.
function statistics(schema, typeName) {
  const query = schema.getQueryType();
  const field = rootField(query, ({ name, args }) => name.toLowerCase() === `${typeName}Statistics`.toLowerCase() && args.some((arg) => arg.name === 'groupBy'));
  const groupable = named(query.getFields()[field]?.args.find(({ name }) => name === 'groupBy')?.type);
  const own = Object.keys(fieldsOf(schema.getType(typeName)));
  const values = groupable?.getValues().map(({ name }) => name) ?? [];
  const groupBy = ['status', values.find((name) => own.includes(name) && !COMMON.has(name))].filter((name) => values.includes(name));
  return {
    query: `query Statistics($groupBy: [${groupable?.name}!]!) {\n  ${field}(groupBy: $groupBy) {\n    groups { keys { field value label } count }\n  }\n}\n`,
    variables: { groupBy },
  };
}

function verify(schema, typeName, example) {
  return {
    query: `query Verify($id: ID!) {
  verifyCertificate(id: $id) {
    result genuine status gbResult verifiedAt
    reasons { code message }
    checks { name outcome detail }
    certificate { identifier typeName maskedNumber maskedHolder issuerName validFrom validTo status }
  }
}
`,
    variables: { id: example?.identifier ?? '' },
  };
}

// The data: the type file's own example where the catalogue gives it, else the required fields, to be filled in.
async function issue(schema, typeName, example, run) {
  const field = `issue${typeName}`;
  const input = named(schema.getMutationType()?.getFields()[field]?.args.find(({ name }) => name === 'input')?.type);
  if (!input) return { query: `# 当前身份不能签发这种证照。 This caller may not issue this type.\n`, variables: {} };
  const variables = { input: skeleton(input) };
  const data = await catalogueExample(schema, typeName, run);
  if (data) variables.input.data = data;
  return {
    query: `mutation Issue($input: ${input.name}!) {\n  ${field}(input: $input) {\n    id identifier number status version\n  }\n}\n`,
    variables,
  };
}

async function catalogueExample(schema, typeName, run) {
  if (!fieldsOf(schema.getType('CertificateType')).example) return null;
  const { data } = await run('{ certificateTypes { name example } }');
  return data?.certificateTypes?.find(({ name }) => name === typeName)?.example ?? null;
}

// ---- walking the schema

function named(type) {
  let inner = type;
  while (inner?.ofType) inner = inner.ofType;
  return inner;
}

const leafName = (type) => named(type)?.name;
const fieldsOf = (type) => type?.getFields?.() ?? {};
const isLeaf = (type) => !type.getFields && !type.getTypes;
const isRequired = ({ type, defaultValue }) => String(type).endsWith('!') && defaultValue === undefined;

const rootField = (rootType, fits) => Object.values(rootType?.getFields() ?? {}).find(fits)?.name ?? 'unknown';

// What every type has.
const COMMON = new Set(['status', 'statusCode', 'issuer', 'issuedOn', 'validFrom', 'validTo', 'updatedAt', 'number']);

// Versions and events of a certificate are questions of their own.
const LEFT_OUT = new Set(['current', 'previous', 'history', 'signature', 'files']);

function selection(schema, typeName, indent) {
  const lines = [];
  for (const field of Object.values(fieldsOf(schema.getType(typeName)))) {
    if (LEFT_OUT.has(field.name) || field.deprecationReason || field.args.some(isRequired)) continue;
    const type = named(field.type);
    if (isLeaf(type)) lines.push(field.name);
    else {
      const inner = Object.values(fieldsOf(type)).filter(({ type: of, args }) => isLeaf(named(of)) && !args.some(isRequired));
      // A connection has no leaf worth showing but its count: relations are left to the reader.
      if (inner.length && !fieldsOf(type).edges) lines.push(`${field.name} { ${inner.slice(0, 6).map(({ name }) => name).join(' ')} }`);
    }
  }
  return lines.map((line) => indent + line).join('\n');
}

// «What changed since»: the question every department's nightly run asks.
function someFilter(where) {
  const operators = fieldsOf(named(fieldsOf(where).updatedAt?.type));
  return operators.gte ? { updatedAt: { gte: '2020-01-01T00:00:00Z' } } : {};
}

function skeleton(type, depth = 0) {
  const value = {};
  for (const field of Object.values(fieldsOf(type))) {
    if (isRequired(field)) value[field.name] = placeholder(field.type, depth);
  }
  return value;
}

const SAMPLE = { Int: 0, Float: 0, Long: 0, Boolean: false, Date: '2026-01-01', DateTime: '2026-01-01T00:00:00Z', Decimal: '0', JSON: {} };

function placeholder(type, depth) {
  const shape = String(type).replace(/!$/, '');
  const inner = named(type);
  let one = SAMPLE[inner.name] ?? '';
  if (inner.getValues) one = inner.getValues()[0]?.name ?? '';
  else if (inner.getFields && depth < 5) one = skeleton(inner, depth + 1);
  return shape.startsWith('[') ? [one] : one;
}
