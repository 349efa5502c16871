//! The store on SQLite and on PostgreSQL: the same answers, and nothing lost when many write at once.

mod backup;
mod commits;
mod connections;
mod large;
mod migration;
mod numbers;
mod operation;
mod pages;
mod predicates;
mod reach;
mod records;
mod sample;
mod statistics;
mod status;
