//! The API as departments, issuers and administrators use it.

mod access;
mod actors;
mod agents;
mod attacks;
mod differential;
mod each_type;
mod grants;
mod holders;
mod hostile;
mod interfaces;
mod matrix;
mod pages;
mod registration;
mod relations;
mod schema;
mod seals;
mod share;
mod tampering;
