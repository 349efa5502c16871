//! One binary for every test of the hub: rooms by folder, each test on SQLite and on PostgreSQL.

mod administrators;
mod api;
mod architecture;
mod clients;
mod issuing;
mod log;
mod process;
mod replicas;
mod store;
mod support;
