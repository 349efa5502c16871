//! Standard output that somebody may have stopped reading (`| head`): that ends the words, not the command.

use std::fmt::Arguments;
use std::io::Write;

pub(super) fn line(text: Arguments<'_>) {
    // Nobody is left to be told.
    let _ = writeln!(std::io::stdout(), "{text}");
}

pub(super) fn text(text: &str) {
    let _ = write!(std::io::stdout(), "{text}");
}

/// `println!` that does not panic on a closed pipe.
macro_rules! say {
    () => { $crate::cli::output::line(format_args!("")) };
    ($($words:tt)*) => { $crate::cli::output::line(format_args!($($words)*)) };
}
pub(super) use say;
