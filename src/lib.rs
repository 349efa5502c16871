//! # zhengzhao (证照)
//!
//! The data-sharing hub for electronic certificates on GB/T 36901–36906: certificate types are files, and from them comes a
//! GraphQL API, with no code per type.
//!
//! Four pure packages lie inside `src` and know no file, network or clock: `verify` (is this certificate genuine, and usable
//! now?), `model` (what types are, what may be asked of them), `render` (a certificate's face as PDF and OFD) and `tlog` (the
//! transparency log). `sdf` opens the libraries of cryptographic devices, the one place with unsafe code. `web/wasm` is `verify` for browsers. This package is the hub
//! around them.
//!
//! | layer | room | what happens there | may use |
//! | --- | --- | --- | --- |
//! | 0 | `verify` | canonical bytes, signatures, chains, checks, report | – |
//! | 0 | `model` | standards, registry, actor, plan, documents | verify |
//! | 0 | `sdf` | cryptographic devices after GM/T 0018: a library opened at run time | – |
//! | 1 | `tlog` | the log that proves every access: Merkle tree, checkpoints, receipts, audits | verify |
//! | 1 | `render` | a certificate's data and its type's template → PDF/A-3b and OFD; seals, QR codes | model, verify |
//! | 1 | [`audit`] | the catalogue of access events | model |
//! | 1 | [`sign`] | signers, key ring, a CA of one's own | verify, sdf |
//! | 1 | [`guard`] | work on what others handed over, first in a process under limits of time and memory | – |
//! | 1 | [`documents`] | interface documents of types as pages | model |
//! | 1 | [`limits`] | how much callers may take, and how fast | – |
//! | 1 | [`passwords`] | argon2id; which passwords are weak | – |
//! | 1 | [`fresh`] | what may be served from memory, and how long | – |
//! | 2 | [`store`] | the only room that knows sea-orm, SQL and redis | model, verify, audit, fresh, limits |
//! | 2 | [`faces`] | what stands on a certificate's face, out of its statement and its type | guard, model, verify, render |
//! | 3 | [`verification`] | what is on record, judged by `verify`; exports with their status signed | guard, store, sign, fresh, model, verify |
//! | 3 | [`journal`] | reads are recorded, before they are answered where they tell of a person | store, audit, model |
//! | 3 | [`clients`] | departments, their client systems, and the access tokens these get | journal, limits, passwords, store, sign, audit, model, verify |
//! | 3 | [`administrators`] | people who sign in: accounts, password and code or signature, sessions | journal, limits, passwords, store, sign, audit, model, verify |
//! | 3 | [`issue`] | issue, amend, renew, suspend, revoke … | store, sign, audit, verification, model, verify |
//! | 3 | [`sealing`] | the register of seals; which seal may be put to a file now | store, sign, audit, render, model, verify |
//! | 3 | [`registration`] | types, their faces, and authorities, live | faces, store, sign, audit, journal, sealing, model, verify |
//! | 3 | [`granting`] | what departments may read, and what they ask to read | store, audit, model |
//! | 3 | [`holders`] | holders' sessions, their consent by use codes, freezing on loss | store, audit, model |
//! | 3 | [`approvals`] | what a second person must agree to | store, audit, model |
//! | 3 | [`transparency`] | access events get a place in a signed Merkle tree; proofs | store, sign, verify, tlog |
//! | 4 | [`files`] | PDF and OFD of a certificate: laid out, sealed, kept | faces, sealing, verification, store, sign, audit, render, model, verify |
//! | 4 | [`import`] | files of rows → certificates, with a result for each row | issue, model |
//! | 4 | [`graphql`] | registry → schema; requests → plans and commands | hub, and the rooms above but sign and documents |
//! | 4 | [`hub`] | one running hub, put together: it holds the schemas, whose resolvers are handed the hub | graphql, the rooms of layers 1 to 3 |
//! | 5 | [`interfaces`] | interface documents of departments, with requests that were run | clients, faces, graphql, hub, issue, registration, sign, store, transparency, model, render, verify |
//! | 5 | [`http`] | routes, tokens, headers, pages | hub, administrators, clients, limits, graphql, files, transparency, verification, store, fresh, audit, documents, interfaces |
//! | 5 | [`worker`] | what commands leave to be done after them | hub, files, store, model |
//! | 6 | [`config`] | settings, one concern a file | – |
//! | 6 | [`demo`] | a whole hub with fictitious certificates | administrators, approvals, clients, config, hub, http, store, sign, issue, registration, sealing, transparency |
//! | 7 | [`bench`] | made-up databases of any size, load, limits; the one room beside `store` that speaks to PostgreSQL itself | hub, http, store, sign, issue, registration, transparency, verification, config, demo |
//! | 8 | [`cli`] | one file a command | everything |
//!
//! `tests/architecture.rs` holds this table against the `use` lines.
//!
//! ## The three ways through
//!
//! ```text
//! type file ─▶ raw ─▶ stages ─▶ checked type ─▶ GraphQL schema ─▶ swapped in atomically, replicas follow
//! request ─▶ http (token → Actor) ─▶ graphql lowers ─▶ plan (access, purpose, limits) ─▶ one SQL statement a level ─▶ rows ─▶ answer
//! command ─▶ issue ─▶ number reserved ─▶ canonical bytes ─▶ sign ─▶ verify its own result ─▶ one transaction
//! ```
//!
//! Two guards stand in the types: the store accepts only a plan, which only `plan` can build; `issue` commits only what
//! `verify` has passed.

pub mod administrators;
pub mod approvals;
pub mod audit;
pub mod bench;
pub mod cli;
pub mod clients;
pub mod config;
pub mod demo;
pub mod documents;
pub mod faces;
pub mod files;
pub mod fresh;
pub mod granting;
pub mod graphql;
pub mod guard;
pub mod holders;
pub mod http;
pub mod hub;
pub mod import;
pub mod interfaces;
pub mod issue;
pub mod journal;
pub mod limits;
pub mod passwords;
pub mod registration;
pub mod sealing;
pub mod sign;
pub mod store;
pub mod transparency;
pub mod verification;
pub mod worker;
