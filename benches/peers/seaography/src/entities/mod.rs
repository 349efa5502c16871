//! The tables of schema peer, as `sea-orm-cli generate entity --seaography` writes them; relation employerCertificates added by hand,
//! for a credit code is no foreign key.

pub mod authority;
pub mod employer_certificate;
pub mod safety_officer_certificate;
