//! Faces of made-up certificates, as people and programs get them.
//!
//! Tests that ask qpdf and poppler run where `ZHENGZHAO_TEST_PDF_TOOLS` is set; a tool that is then missing is a failure.

mod certificates;
mod faults;
mod forms;
mod ofd;
mod tools;
