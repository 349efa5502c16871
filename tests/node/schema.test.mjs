// The SDL, judged by graphql-js (async-graphql's own judgement of interfaces is not enough), and held against introspection.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { buildClientSchema, buildSchema, getIntrospectionQuery, lexicographicSortSchema, printSchema, validateSchema } from 'graphql';
import { startHub } from './hub.mjs';

let hub;
before(async () => (hub = await startHub()));
after(() => hub?.stop());

for (const role of ['admin', 'restricted']) {
  test(`the SDL as ${role} sees it is a sound schema`, async () => {
    const problems = validateSchema(buildSchema(await sdl(role)));
    assert.deepEqual(problems.map(({ message }) => message), []);
  });

  test(`introspection as ${role} says the same as the SDL`, async () => {
    const { data, errors } = await hub.graphql({ query: getIntrospectionQuery(), token: hub.tokens[role] });
    assert.equal(errors, undefined);
    const introspected = comparable(buildClientSchema(data));
    const printed = comparable(buildSchema(await sdl(role)));
    assert.equal(introspected, printed);
  });
}

test('a department limited to two types sees those two and no other', async () => {
  const typesOf = async (role) => certificateTypes(buildSchema(await sdl(role)));
  const all = await typesOf('admin');
  const few = await typesOf('restricted');
  assert.equal(few.length, 2, few.join(', '));
  assert.ok(all.length > few.length, all.join(', '));
  for (const name of few) assert.ok(all.includes(name), name);
});

test('a department has no field to issue with, an administrator sees every example of demo.json', async () => {
  const restricted = Object.keys(buildSchema(await sdl('restricted')).getMutationType()?.getFields() ?? {});
  assert.deepEqual(restricted.filter((name) => /^(issue|amend|renew)[A-Z]/.test(name)), []);
  const admin = certificateTypes(buildSchema(await sdl('admin')));
  for (const name of Object.keys(hub.examples)) assert.ok(admin.includes(name), name);
});

async function sdl(role) {
  const response = await fetch(hub.url('/graphql/schema.graphql'), { headers: { Authorization: `Bearer ${hub.tokens[role]}` } });
  assert.equal(response.status, 200);
  return response.text();
}

const certificateTypes = (schema) => schema.getPossibleTypes(schema.getType('Certificate')).map(({ name }) => name).sort();

// Order is free in both; everything else, descriptions and deprecations too, must agree.
const comparable = (schema) => printSchema(lexicographicSortSchema(schema));
