//! What a piece of work costs the processor, however many others it has to wait for: bounds on time are meant so.

use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};

/// Time that this thread has had so far.
pub(crate) fn used() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    Duration::new(u64::try_from(time.tv_sec).unwrap_or_default(), u32::try_from(time.tv_nsec).unwrap_or_default())
}
