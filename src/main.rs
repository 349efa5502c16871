//! The program. Everything it does is in the library.

/// Answers are many small pieces, made and dropped on several threads: glibc's allocator takes two thirds more time for a page of fifty.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    zhengzhao::cli::main()
}
