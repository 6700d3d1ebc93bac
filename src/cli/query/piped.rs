//! Standard output as whoever reads an answer along.

use std::io::{BufWriter, Stdout, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Standard output that remembers whether it was closed.
pub struct Piped {
    inner: BufWriter<Stdout>,
    is_closed: Arc<AtomicBool>,
}

impl Piped {
    /// Standard output; `is_closed` tells afterwards.
    pub fn new(is_closed: Arc<AtomicBool>) -> Self {
        Self { inner: BufWriter::new(std::io::stdout()), is_closed }
    }

    fn noted<T>(&self, done: std::io::Result<T>) -> std::io::Result<T> {
        done.inspect_err(|e| {
            if e.kind() == std::io::ErrorKind::BrokenPipe {
                self.is_closed.store(true, Ordering::Relaxed);
            }
        })
    }
}

impl Write for Piped {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let done = self.inner.write(bytes);
        self.noted(done)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        let done = self.inner.flush();
        self.noted(done)
    }
}
