//! Progress bars on standard error, only when somebody is looking at a terminal.

use std::sync::Mutex;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::finding::Lang;
use crate::pipeline::Progress;

/// A bar per stage.
pub struct Bars {
    lang: Lang,
    current: Mutex<Option<ProgressBar>>,
}

impl Bars {
    /// Bars in a language.
    pub fn new(lang: Lang) -> Self {
        Self { lang, current: Mutex::new(None) }
    }

    fn with_bar(&self, act: impl FnOnce(&ProgressBar)) {
        if let Ok(current) = self.current.lock()
            && let Some(bar) = current.as_ref()
        {
            act(bar);
        }
    }
}

impl Progress for Bars {
    fn start(&self, stage: &'static str, steps: usize) {
        self.finish();
        // The target hides itself when standard error is not a terminal.
        let bar = ProgressBar::with_draw_target(Some(steps as u64), ProgressDrawTarget::stderr());
        if let Ok(style) = ProgressStyle::with_template("{prefix:>17} {bar:30} {pos}/{len} {eta}") {
            bar.set_style(style);
        }
        bar.set_prefix(stage_name(stage, self.lang));
        if let Ok(mut current) = self.current.lock() {
            *current = Some(bar);
        }
    }

    fn step(&self) {
        self.with_bar(|bar| bar.inc(1));
    }

    fn finish(&self) {
        self.with_bar(ProgressBar::finish_and_clear);
    }
}

/// A stage in words; one that has none is shown by its id.
pub fn stage_name(stage: &'static str, lang: Lang) -> &'static str {
    match stage {
        "schemas" => lang.pick("Nạp biểu mẫu", "Schemas"),
        "read" => lang.pick("Đọc tệp", "Reading"),
        "check" => lang.pick("Kiểm tra", "Checking"),
        "aggregate" => lang.pick("Tổng hợp", "Aggregation"),
        "figures" => lang.pick("Chỉ tiêu", "Indicators"),
        "findings" => lang.pick("Phát hiện", "Findings"),
        "report" => lang.pick("Xuất biểu", "Reports"),
        "outputs" => lang.pick("Biểu và danh sách", "Reports and lists"),
        "summary" => lang.pick("Bảng tổng hợp", "Summaries"),
        "compare" => lang.pick("So sánh", "Comparing"),
        "archive" => lang.pick("Lưu trữ", "Archive"),
        "release" => lang.pick("Chốt số liệu", "Release"),
        "verify" => lang.pick("Kiểm tra kho", "Verify"),
        "recount" => lang.pick("Đếm lại lưu trữ", "Recount"),
        "query" => lang.pick("Truy vấn", "Query"),
        "ledger" => lang.pick("Sổ theo dõi", "Ledger"),
        other => other,
    }
}
