//! A million certificates on PostgreSQL: what decision 10 guarantees reads a bounded part of them, whatever the values are.

mod explain;
mod fill;
mod plans;
