//! Work that keeps a processor busy, off the threads that answer requests, over as many cores as there are.

use std::sync::Arc;

use tokio::task::JoinError;

/// So few are done at once where they are: some hundred microseconds.
const WORTH_LEAVING: usize = 4;
/// Fewer items than this are not worth another thread.
const WORTH_A_THREAD: usize = 8;

/// Applies `work` to every item; the answers come in the items' order.
///
/// # Errors
/// The work panicked, or the runtime is shutting down.
pub(crate) async fn over_cores<T, R>(items: Vec<T>, work: impl Fn(T) -> R + Send + Sync + 'static) -> Result<Vec<R>, JoinError>
where
    T: Send + 'static,
    R: Send + 'static,
{
    // A thread more would cost as much as the work.
    if items.len() <= WORTH_LEAVING {
        return Ok(items.into_iter().map(work).collect());
    }
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let share = items.len().div_ceil(cores).max(WORTH_A_THREAD);
    let work = Arc::new(work);
    let mut tasks = Vec::new();
    let mut items = items.into_iter();
    loop {
        let chunk: Vec<T> = items.by_ref().take(share).collect();
        if chunk.is_empty() {
            break;
        }
        let work = work.clone();
        tasks.push(tokio::task::spawn_blocking(move || chunk.into_iter().map(|item| work(item)).collect::<Vec<R>>()));
    }
    let mut answers = Vec::new();
    for task in tasks {
        answers.extend(task.await?);
    }
    Ok(answers)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn answers_come_in_order() {
        let doubled = over_cores((0..100).collect(), |number: i32| number * 2).await.unwrap();
        assert_eq!(doubled, (0..100).map(|number| number * 2).collect::<Vec<_>>());
        assert!(over_cores(Vec::<i32>::new(), |number| number).await.unwrap().is_empty());
    }
}
