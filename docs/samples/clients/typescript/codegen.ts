// schema.graphql + src/operations.graphql ─▶ src/generated: a type for each operation's variables and answer.
import type { CodegenConfig } from '@graphql-codegen/cli';

const config: CodegenConfig = {
  schema: 'schema.graphql',
  documents: 'src/*.graphql',
  generates: {
    'src/generated/': {
      preset: 'client',
      presetConfig: { fragmentMasking: false },
      config: {
        documentMode: 'string', // operations are strings: nothing of GraphQL is needed at run time
        emitLegacyCommonJSImports: false,
        enumsAsTypes: true,
        useTypeImports: true,
        strictScalars: true,
        scalars: {
          Base64: 'string',
          Date: 'string', // YYYY-MM-DD, a day in Asia/Shanghai; the open end is 9999-12-31
          DateTime: 'string',
          Decimal: 'string', // as text, so that no digit is lost
          JSON: 'unknown',
          Long: 'number',
        },
      },
    },
  },
};

export default config;
