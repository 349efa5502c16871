// Mercurius as its docs advise for production: graphql-jit, loaders for every relation (one statement a level), the cache of parsed
// documents as it comes, no explorer, no log; node-postgres with a pool and named (prepared) statements.
// PORT on 127.0.0.1, DATABASE_URL; prints "ready" when it serves.
import { readFileSync } from "node:fs";
import Fastify from "fastify";
import mercurius from "mercurius";
import pg from "pg";

// A date stays the text that PostgreSQL sends: no time zone can move it.
pg.types.setTypeParser(pg.types.builtins.DATE, (text) => text);
const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 10 });
const all = async (name, text, values) => (await pool.query({ name, text, values })).rows;

const columns = (names) => names.map((name) => `${name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)} AS "${name}"`).join(", ");
const OFFICER = columns([
  "id", "identifier", "number", "version", "issuerCode", "issuedOn", "validFrom", "validTo", "eventStatus", "personName", "sex", "birthDate",
  "identityCard", "identityCardType", "categoryCode", "employerName", "employerCreditCode", "duty", "technicalTitle", "educationDegree",
  "major", "firstIssuedOn", "provinceCode", "transferredFromNumber",
]);
const EMPLOYER = columns([
  "id", "typeName", "identifier", "name", "number", "version", "creditCode", "enterpriseName", "issuerCode", "issuedOn", "validFrom", "validTo",
  "eventStatus",
]);
const OFFICERS = `SELECT ${OFFICER} FROM peer.safety_officer_certificate`;
const FIRST = "00000000-0000-0000-0000-000000000000";

const resolvers = {
  Query: {
    safetyOfficerCertificate: async (_, { id }) => (await all("one", `${OFFICERS} WHERE id = $1`, [id]))[0],
    safetyOfficerCertificates: (_, { identityCard }) => all("held", `${OFFICERS} WHERE identity_card = $1 ORDER BY id`, [identityCard]),
    // One row more than asked tells whether there are others.
    safetyOfficerCertificatePage: async (_, { categoryCode, first, after }) => {
      const rows = await all("page", `${OFFICERS} WHERE category_code = $1 AND id > $2 ORDER BY id LIMIT $3`, [categoryCode, after ?? FIRST, first + 1]);
      const nodes = rows.slice(0, first);
      return { nodes, pageInfo: { hasNextPage: rows.length > first, endCursor: nodes.at(-1)?.id } };
    },
  },
};

const distinct = (queries, key) => [...new Set(queries.map(({ obj }) => obj[key]))];

async function issuer(queries) {
  const rows = await all("authority", "SELECT code, name, level, division, parent FROM peer.authority WHERE code = ANY($1)", [distinct(queries, "issuerCode")]);
  const byCode = new Map(rows.map((row) => [row.code, row]));
  return queries.map(({ obj }) => byCode.get(obj.issuerCode));
}

async function employerCertificates(queries) {
  const codes = distinct(queries, "employerCreditCode");
  const rows = await all("employer", `SELECT ${EMPLOYER} FROM peer.employer_certificate WHERE credit_code = ANY($1) ORDER BY id DESC`, [codes]);
  const byCode = Map.groupBy(rows, (row) => row.creditCode);
  return queries.map(({ obj }) => byCode.get(obj.employerCreditCode) ?? []);
}

const app = Fastify({ logger: false });
app.register(mercurius, {
  schema: readFileSync(new URL("schema.graphql", import.meta.url), "utf8"),
  resolvers,
  loaders: { SafetyOfficerCertificate: { issuer, employerCertificates }, EmployerCertificate: { issuer } },
  jit: 1,
  graphiql: false,
});
await app.listen({ host: "127.0.0.1", port: Number(process.env.PORT) });
console.log("ready");
