//! An allocator that counts, and knows a limit.
//!
//! A program cannot go on where it gets no memory, and it must not take the whole machine with it. Beyond a limit the child
//! that reads old formats is told that there is none, and ends. Work that is watched waits instead, at the place where it
//! asked, until whoever watches it has said why and ended the program. Without a limit nothing is counted.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::sync::atomic::{AtomicBool, AtomicIsize, AtomicUsize, Ordering::Relaxed};
use std::time::Duration;

/// The limit in bytes; [`usize::MAX`] for none.
static LIMIT: AtomicUsize = AtomicUsize::new(usize::MAX);
/// Bytes taken since the limit was set, less those given back; what was taken
/// before can make it negative.
static TAKEN: AtomicIsize = AtomicIsize::new(0);
/// Set when somebody waits for more.
static WAITS: AtomicBool = AtomicBool::new(false);
static IS_PASSED: AtomicBool = AtomicBool::new(false);
/// Changes that a thread keeps to itself before it adds them to the others'.
const BATCH: isize = 1 << 16;

thread_local! {
    static OWN: Cell<isize> = const { Cell::new(0) };
    /// The watching thread goes on beyond the limit: it is the one that ends the program.
    static WATCHES: Cell<bool> = const { Cell::new(false) };
}

/// The system's allocator under a limit that can be set once the program runs.
pub struct CappedAlloc;

impl CappedAlloc {
    /// Refuses more than this many bytes from now on.
    pub fn limit(bytes: usize) {
        LIMIT.store(bytes, Relaxed);
    }

    /// From now on, threads other than this one that ask for more than this many bytes wait for the end of the program.
    pub fn watch(bytes: usize) {
        WATCHES.set(true);
        WAITS.store(true, Relaxed);
        LIMIT.store(bytes, Relaxed);
    }

    /// True once somebody waits for memory.
    #[must_use]
    pub fn is_passed() -> bool {
        IS_PASSED.load(Relaxed)
    }
}

/// Bytes of freed memory that stay with the program, and the largest piece that is kept.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
const KEPT: (i32, i32) = (256 << 20, 32 << 20);

/// Keeps freed memory for what is asked for next. Work that reads a file column by column takes and frees the same few megabytes
/// thousands of times; given back to the system each time, half of its time went into getting them again.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
#[expect(unsafe_code, reason = "the system's allocator is told in no other way; it only reads two numbers")]
pub fn keep_freed() {
    unsafe {
        libc::mallopt(libc::M_TRIM_THRESHOLD, KEPT.0);
        libc::mallopt(libc::M_MMAP_THRESHOLD, KEPT.1);
    }
}

/// Other systems keep what they think best.
#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
pub const fn keep_freed() {}

/// Counts a change of size; false when it would go beyond the limit.
fn take(change: isize) -> bool {
    let limit = LIMIT.load(Relaxed);
    if limit == usize::MAX {
        return true;
    }
    let own = OWN.get().saturating_add(change);
    if own.abs() < BATCH {
        OWN.set(own);
        return true;
    }
    OWN.set(0);
    let taken = TAKEN.fetch_add(own, Relaxed).saturating_add(own);
    if change > 0 && usize::try_from(taken).unwrap_or(0) > limit {
        TAKEN.fetch_sub(change, Relaxed);
        return WATCHES.get();
    }
    true
}

/// No memory: where the work is watched, this thread has come to its end.
fn none() -> *mut u8 {
    if WAITS.load(Relaxed) && !WATCHES.get() {
        IS_PASSED.store(true, Relaxed);
        loop {
            std::thread::sleep(Duration::from_mins(1));
        }
    }
    std::ptr::null_mut()
}

/// A size with a sign; allocations are never larger than that.
fn signed(size: usize) -> isize {
    isize::try_from(size).unwrap_or(isize::MAX)
}

#[expect(unsafe_code, reason = "an allocator cannot be written otherwise; every call goes to the system's as it came")]
// SAFETY: pointers and layouts are passed on unchanged to `System`; null means no memory.
unsafe impl GlobalAlloc for CappedAlloc {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        if take(signed(layout.size())) { given(unsafe { System.alloc(layout) }, layout) } else { none() }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        if take(signed(layout.size())) { given(unsafe { System.alloc_zeroed(layout) }, layout) } else { none() }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        unsafe { System.dealloc(pointer, layout) };
        take(-signed(layout.size()));
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        let change = signed(new_size).saturating_sub(signed(layout.size()));
        if !take(change) {
            return none();
        }
        let moved = unsafe { System.realloc(pointer, layout, new_size) };
        if moved.is_null() {
            take(change.saturating_neg());
            return none();
        }
        moved
    }
}

/// Takes back the count of what the system did not give.
fn given(pointer: *mut u8, layout: Layout) -> *mut u8 {
    if pointer.is_null() {
        take(-signed(layout.size()));
        return none();
    }
    pointer
}
