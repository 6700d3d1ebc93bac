//! Stages of jobs, as whoever watches one is told.

use crate::message::Lang;

/// A stage of a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum JobStage {
    /// Schemas are loaded.
    Schemas,
    /// Files are read.
    Read,
    /// Returns are checked.
    Check,
    /// Totals are added up.
    Total,
    /// Indicators are worked out.
    Indicators,
    /// Findings are graded and closed, and what is to be written is decided.
    Conclude,
    /// Official workbooks are written for a few units.
    Reports,
    /// Official workbooks and lists are written.
    Outputs,
    /// Tables of figures are written.
    Summaries,
    /// The archive's tables are written.
    Archive,
    /// What the archive's tables hold is counted again.
    Recount,
    /// What came of it is put in place.
    Publish,
    /// A release is made.
    Release,
    /// States are compared.
    Compare,
    /// The archive is looked through.
    Verify,
    /// A question is answered.
    Query,
}

impl JobStage {
    /// What people call it.
    #[must_use]
    pub const fn name(self, lang: Lang) -> &'static str {
        match self {
            Self::Schemas => lang.pick("Nạp biểu mẫu", "Schemas"),
            Self::Read => lang.pick("Đọc tệp", "Reading"),
            Self::Check => lang.pick("Kiểm tra", "Checking"),
            Self::Total => lang.pick("Tổng hợp", "Aggregation"),
            Self::Indicators => lang.pick("Chỉ tiêu", "Indicators"),
            Self::Conclude => lang.pick("Phát hiện", "Findings"),
            Self::Reports => lang.pick("Xuất biểu", "Reports"),
            Self::Outputs => lang.pick("Biểu và danh sách", "Reports and lists"),
            Self::Summaries => lang.pick("Bảng tổng hợp", "Summaries"),
            Self::Archive => lang.pick("Lưu trữ", "Archive"),
            Self::Recount => lang.pick("Đếm lại lưu trữ", "Recount"),
            Self::Publish => lang.pick("Công bố kết quả", "Publishing"),
            Self::Release => lang.pick("Chốt số liệu", "Release"),
            Self::Compare => lang.pick("So sánh", "Comparing"),
            Self::Verify => lang.pick("Kiểm tra kho", "Verify"),
            Self::Query => lang.pick("Truy vấn", "Query"),
        }
    }
}

/// What a long job tells whoever shows its progress.
pub trait Progress: Sync {
    /// A stage starts, with so many steps; the one before it is done.
    fn start(&self, stage: JobStage, steps: usize);
    /// One step is done; called from any thread.
    fn step(&self);
    /// The stage is done.
    fn finish(&self);
}

/// Progress that nobody watches.
#[derive(Debug, Clone, Copy, Default)]
pub struct Silent;

impl Progress for Silent {
    fn start(&self, _stage: JobStage, _steps: usize) {}
    fn step(&self) {}
    fn finish(&self) {}
}
