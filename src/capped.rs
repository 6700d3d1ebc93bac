//! An allocator that can refuse to give more than a limit.
//!
//! The child process that reads old formats must not take the whole machine with
//! it: beyond the limit it is told that there is no memory, and ends. Without a
//! limit nothing is counted.

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicIsize, AtomicUsize, Ordering::Relaxed};

/// The limit in bytes; [`usize::MAX`] for none.
static LIMIT: AtomicUsize = AtomicUsize::new(usize::MAX);
/// Bytes taken since the limit was set, less those given back; what was taken
/// before can make it negative.
static TAKEN: AtomicIsize = AtomicIsize::new(0);

/// The system's allocator under a limit that can be set once the program runs.
pub struct CappedAlloc;

impl CappedAlloc {
    /// Refuses more than this many bytes from now on.
    pub fn limit(bytes: usize) {
        LIMIT.store(bytes, Relaxed);
    }
}

/// Counts a change of size; false when it would go beyond the limit.
fn take(change: isize) -> bool {
    let limit = LIMIT.load(Relaxed);
    if limit == usize::MAX {
        return true;
    }
    let taken = TAKEN.fetch_add(change, Relaxed).saturating_add(change);
    if change > 0 && usize::try_from(taken).unwrap_or(0) > limit {
        TAKEN.fetch_sub(change, Relaxed);
        return false;
    }
    true
}

/// A size with a sign; allocations are never larger than that.
fn signed(size: usize) -> isize {
    isize::try_from(size).unwrap_or(isize::MAX)
}

#[expect(unsafe_code, reason = "an allocator cannot be written otherwise; every call goes to the system's as it came")]
// SAFETY: pointers and layouts are passed on unchanged to `System`; null means no memory.
unsafe impl GlobalAlloc for CappedAlloc {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        if take(signed(layout.size())) { given(unsafe { System.alloc(layout) }, layout) } else { std::ptr::null_mut() }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        if take(signed(layout.size())) { given(unsafe { System.alloc_zeroed(layout) }, layout) } else { std::ptr::null_mut() }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        unsafe { System.dealloc(pointer, layout) };
        take(-signed(layout.size()));
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        let change = signed(new_size).saturating_sub(signed(layout.size()));
        if !take(change) {
            return std::ptr::null_mut();
        }
        let moved = unsafe { System.realloc(pointer, layout, new_size) };
        if moved.is_null() {
            take(change.saturating_neg());
        }
        moved
    }
}

/// Takes back the count of what the system did not give.
fn given(pointer: *mut u8, layout: Layout) -> *mut u8 {
    if pointer.is_null() {
        take(-signed(layout.size()));
    }
    pointer
}
