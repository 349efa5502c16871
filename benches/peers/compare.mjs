// Do all systems answer with the same certificates?  Node.js 18 or newer, no packages.
//
//     node benches/peers/compare.mjs [--keys FILE] [--count 20] [--header 'NAME=Header: value']… NAME=URL[@DOCUMENTS] …
//
// NAME is a peer, or any name for another endpoint (the hub) whose DOCUMENTS folder holds w1.graphql, w2.graphql and w3.graphql.
// Keys are {"id", "card", "category", "after"}; FILE is a JSON array of them, else psql takes some from schema peer of DATABASE_URL.
// An endpoint without a form of `after` in peers.json is asked for the page behind it all the same, with that id as the variable.
// Answers are compared as they are, but for {nodes: […]} = […], for the name of the root field and for the text of endCursor.
// Exit 0: the same. 1: not the same, or an error in an answer; the first differences are printed. 2: called wrongly.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual, parseArgs } from "node:util";

const here = new URL(".", import.meta.url).pathname;
const forms = JSON.parse(readFileSync(join(here, "peers.json"), "utf8"));
const workloads = ["w1", "w2", "w3"];

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: { keys: { type: "string" }, count: { type: "string", default: "20" }, header: { type: "string", multiple: true, default: [] } },
});
if (positionals.length < 2) {
  console.error("at least two systems are needed: NAME=URL[@DOCUMENTS] …");
  process.exit(2);
}

const systems = positionals.map((text) => {
  const [, name, url, folder] = /^([^=]+)=([^@]+)(?:@(.+))?$/.exec(text) ?? [];
  if (!name) {
    console.error(`${text} is not NAME=URL[@DOCUMENTS]`);
    process.exit(2);
  }
  const headers = { "content-type": "application/json" };
  for (const header of options.header.filter((header) => header.startsWith(`${name}=`))) {
    const [key, ...value] = header.slice(name.length + 1).split(":");
    headers[key] = value.join(":").trim();
  }
  const documents = Object.fromEntries(workloads.map((work) => [work, readFileSync(join(folder ?? join(here, name), `${work}.graphql`), "utf8")]));
  return { name, url, headers, documents };
});

// The page of one category behind a random certificate of it, and the first page (null).
function keysOfDatabase(count) {
  const sql = `SELECT json_agg(json_build_object('id', id, 'card', identity_card, 'category', category_code,
    'after', CASE WHEN place % 4 = 0 THEN NULL ELSE id END) ORDER BY place)
    FROM (SELECT *, row_number() OVER () AS place FROM (SELECT * FROM peer.safety_officer_certificate ORDER BY md5(id::text) LIMIT ${count}) AS taken) AS placed`;
  return JSON.parse(execFileSync("psql", [process.env.DATABASE_URL ?? "", "-AtXc", sql], { encoding: "utf8", maxBuffer: 1 << 28 }));
}

function variables(system, work, key) {
  if (work === "w1") return { id: key.id };
  if (work === "w2") return { card: key.card };
  const form = forms[system.name] ?? { after: "{after}" };
  const text = key.after && form.after.replace("{after}", key.after);
  return { category: key.category, after: text && form.encoding ? Buffer.from(text).toString(form.encoding) : text };
}

// What is the same in every system.
function plain(value) {
  if (Array.isArray(value)) return value.map(plain);
  if (value === null || typeof value !== "object") return value;
  if (Object.keys(value).length === 1 && Array.isArray(value.nodes)) return plain(value.nodes);
  return Object.fromEntries(Object.entries(value).filter(([name]) => name !== "endCursor").map(([name, inner]) => [name, plain(inner)]));
}

async function answer(system, work, key) {
  const body = JSON.stringify({ query: system.documents[work], variables: variables(system, work, key) });
  const response = await fetch(system.url, { method: "POST", headers: system.headers, body });
  const json = await response.json();
  if (json.errors || !json.data) throw new Error(`${system.name} ${work}: ${JSON.stringify(json).slice(0, 500)}`);
  return plain(Object.values(json.data)[0]);
}

const certificates = (answered) => (Array.isArray(answered) ? answered : answered?.nodes ?? [answered]).filter(Boolean);

const keys = options.keys ? JSON.parse(readFileSync(options.keys, "utf8")) : keysOfDatabase(Number(options.count));
const seen = { w1: 0, w2: 0, w3: 0 };
let different = 0;
for (const work of workloads) {
  for (const key of keys ?? []) {
    const [first, ...others] = await Promise.all(systems.map((system) => answer(system, work, key)));
    seen[work] += certificates(first).length;
    others.forEach((other, place) => {
      if (isDeepStrictEqual(first, other)) return;
      different += 1;
      if (different > 3) return;
      console.log(`${work} ${JSON.stringify(key)}: not the same\n  ${systems[0].name}: ${JSON.stringify(first)}\n  ${systems[place + 1].name}: ${JSON.stringify(other)}`);
    });
  }
}
const names = systems.map(({ name }) => name).join(", ");
console.log(`${keys?.length ?? 0} keys; certificates seen: W1 ${seen.w1}, W2 ${seen.w2}, W3 ${seen.w3}; ${names}: ${different ? `${different} answers differ` : "the same"}`);
// An answer without certificates would agree with any other.
const empty = workloads.some((work) => seen[work] === 0);
if (empty) console.log("nothing was compared in some workload: no certificate came back");
process.exit(different || empty ? 1 : 0);
