// PostGraphile as its docs advise for production (NODE_ENV and GRAPHILE_ENV are set by ../start): the Amber preset, prepared
// statements and the cache of parsed documents and plans as they come, no explorer, no watching, no explanations in answers.
import "postgraphile";
import { makePgService } from "postgraphile/adaptors/pg";
import { PostGraphileAmberPreset } from "postgraphile/presets/amber";
import { jsonPgSmartTags } from "postgraphile/utils";

const tags = {
  version: 1,
  config: {
    constraint: {
      "peer.safety_officer_certificate.safety_officer_certificate_issuer_code_fkey": { tags: { fieldName: "issuer" } },
      "peer.employer_certificate.employer_certificate_issuer_code_fkey": { tags: { fieldName: "issuer" } },
    },
  },
};

// The employer's certificates share the employer's credit code, which is no key of either table: PostGraphile reads relations off
// foreign keys, so this one is told to its registry. It becomes one join of the one statement, like any other.
const employerCertificates = {
  name: "EmployerCertificatesPlugin",
  version: "1.0.0",
  gather: {
    hooks: {
      pgRegistry_PgRegistryBuilder_finalize(info, { registryBuilder }) {
        const { pgCodecs, pgResources } = registryBuilder.getRegistryConfig();
        registryBuilder.addRelation(pgCodecs.safetyOfficerCertificate, "employerCertificates", pgResources.employer_certificate, {
          localAttributes: ["employer_credit_code"],
          remoteAttributes: ["credit_code"],
          isUnique: false,
          isReferencee: true,
          extensions: { tags: { foreignSimpleFieldName: "employerCertificates", behavior: ["+list", "-connection"] } },
        });
      },
    },
  },
};

export default {
  extends: [PostGraphileAmberPreset],
  plugins: [jsonPgSmartTags(tags), employerCertificates],
  pgServices: [makePgService({ connectionString: process.env.DATABASE_URL, schemas: ["peer"], poolConfig: { max: 10 } })],
  schema: { defaultBehavior: "-insert -update -delete", dontSwallowErrors: true },
  grafast: { explain: false },
  grafserv: { graphqlPath: "/graphql", graphiql: false, watch: false, websockets: false },
};
