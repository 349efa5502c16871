pub mod standards;
