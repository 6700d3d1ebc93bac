//! Privacy of texts that people wrote: decided here, for every output.
//!
//! Cells are described, never quoted ([`described`]). Names of files and sheets stand as they are where somebody has
//! to find them, and otherwise only as far as they hold known words ([`Names`]). What people write as a reason is
//! kept without what identifies or reaches a person ([`masked`]). `docs/privacy.md` has the table.

mod names;
mod people;
mod shape;
mod terminal;

pub use names::Names;
pub use people::masked;
pub use shape::{described, described_code, described_number};
pub use terminal::{printable, printable_json};
