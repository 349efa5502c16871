//! The pages are embedded; a file that is new there is no reason to compile for cargo, unless told so.

fn main() {
    println!("cargo::rerun-if-changed=web/dist");
    println!("cargo::rerun-if-changed=web/public");
}
