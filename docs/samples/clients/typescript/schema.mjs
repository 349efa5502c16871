// Writes schema.graphql: the schema as this client may see it. Keep it under version control; its differences are the API's.
import { writeFile } from 'node:fs/promises';

const { ZHENGZHAO_URL: url, ZHENGZHAO_CLIENT_ID: id, ZHENGZHAO_CLIENT_SECRET: secret } = process.env;
if (!url || !id || !secret) throw new Error('set ZHENGZHAO_URL, ZHENGZHAO_CLIENT_ID, ZHENGZHAO_CLIENT_SECRET');

const granted = await fetch(new URL('/oauth/token', url), {
  method: 'POST',
  body: new URLSearchParams({ grant_type: 'client_credentials', client_id: id, client_secret: secret }),
});
const { access_token: token, error, error_description: why } = await granted.json();
if (!token) throw new Error(`${error}: ${why}`);

const answer = await fetch(new URL('/graphql/schema.graphql', url), { headers: { Authorization: `Bearer ${token}` } });
if (!answer.ok) throw new Error(`HTTP ${answer.status}: ${await answer.text()}`);
await writeFile('schema.graphql', await answer.text());
